//! Fields of one form against each other, and against the form itself.

rules! {
    PARENT_BORN_LATER "form.parent-born-later" Hold
        "Cha hoặc mẹ sinh sau người khai. Kiểm tra ngày sinh của cả hai."
        "A parent was born after the applicant. Look at both dates of birth."
        "A parent is older than the child";
    PARENT_TOO_YOUNG "form.parent-too-young" Hold
        "Cha hoặc mẹ hơn người khai quá ít tuổi. Kiểm tra ngày sinh của cả hai."
        "A parent is too few years older than the applicant. Look at both dates of birth."
        "No parent is younger than 12";
    PARENT_TOO_OLD "form.parent-too-old" Hold
        "Cha hoặc mẹ hơn người khai quá nhiều tuổi; có thể là ông hoặc bà. Kiểm tra ngày sinh của cả hai."
        "A parent is too many years older, perhaps a grandparent. Look at both dates of birth."
        "Mothers up to 60 and fathers up to 90 years at birth";
    PARENT_OF_OTHER_SEX "form.parent-of-other-sex" Hold
        "Số định danh của cha phải là của nam, của mẹ là của nữ. Kiểm tra xem hai số có bị ghi nhầm chỗ không."
        "A father's number is a man's, a mother's a woman's. Look whether the two were interchanged."
        "Circular 59/2021/TT-BCA, article 4: the fourth digit says the sex";
    SPOUSE_OF_SAME_SEX "form.spouse-of-same-sex" Note
        "Theo số định danh, vợ hoặc chồng cùng giới tính với người khai. Kiểm tra lại số."
        "By the personal number the spouse has the applicant's sex. Look at the number again."
        "Law 52/2014/QH13 on Marriage and Family, article 8";
    RELATION_OF_OTHER_SEX "form.relation-of-other-sex" Hold
        "Quan hệ với chủ hộ không hợp với giới tính của người khai. Kiểm tra cả hai."
        "The relationship to the head of the household doesn't fit the applicant's sex. Look at both."
        "Vợ, mẹ, bà are women; chồng, bố, ông are men";
    HEAD_MISSING "form.head-missing" Note
        "Có số hộ hoặc quan hệ với chủ hộ nhưng chưa ghi chủ hộ. Ghi họ tên chủ hộ."
        "A household or a relationship to its head is given, but not the head. Write the head's name."
        "Law 68/2020/QH14 on Residence, article 10";
    TOO_YOUNG_FOR_CARD "form.too-young-for-card" Hold
        "Trước ngày 01/7/2024 người dưới 14 tuổi chưa được cấp thẻ. Kiểm tra ngày sinh và ngày lập phiếu."
        "Before 1 July 2024 nobody below 14 got a card. Look at the date of birth and the form's date."
        "Law 59/2014/QH13, article 19, until 30 June 2024; Law 26/2023/QH15, article 19, since";
    NO_GUARDIAN "form.no-guardian" Hold
        "Người dưới 14 tuổi phải có người đại diện hợp pháp. Ghi họ tên cha, mẹ hoặc người giám hộ."
        "Somebody below 14 applies through a lawful representative. Write a parent's or guardian's name."
        "Law 26/2023/QH15 on Identity, articles 19 and 23";
    ISSUED_BEFORE_BIRTH "form.issued-before-birth" Hold
        "CMND cũ ghi ngày cấp trước ngày sinh. Kiểm tra cả hai ngày."
        "The former card was issued before the birth. Look at both dates."
        "A card is issued to a person who is born";
    ISSUED_TOO_YOUNG "form.issued-too-young" Note
        "CMND cũ ghi ngày cấp khi chưa đủ 14 tuổi. Kiểm tra cả hai ngày."
        "The former card was issued below the age of 14. Look at both dates."
        "Decree 05/1999/ND-CP, article 3: cards from 14 years";
    UNKNOWN_ID "form.unknown-id" Note
        "Không biết mẫu phiếu này. Kiểm tra ký hiệu mẫu."
        "This form is not known. Look at the form's id."
        "Circulars 66/2015, 56/2021, 66/2023 and 17/2024/TT-BCA";
    UNKNOWN_VERSION "form.unknown-version" Note
        "Không biết phiên bản này của mẫu phiếu. Ghi năm-tháng mẫu có hiệu lực, ví dụ 2024-07."
        "This version of the form is not known. Write the year and month it came into force, such as 2024-07."
        "Circulars 66/2015, 56/2021, 66/2023 and 17/2024/TT-BCA";
    NOT_IN_FORCE "form.not-in-force" Note
        "Ngày lập phiếu, phiên bản này của mẫu chưa hoặc không còn hiệu lực. Kiểm tra xem đã dùng đúng mẫu chưa."
        "On the day of the form this version was not in force. Look whether it is the right form."
        "Circular 17/2024/TT-BCA, in force since 1 July 2024, gave CC01 to another form than Circular 66/2015/TT-BCA";
}
