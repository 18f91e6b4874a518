//! Fields whose values come from a list.

rules! {
    MISSING "code.missing" Hold
        "Ô này chưa ghi. Chọn một giá trị trong danh mục."
        "The field is empty. Choose a value of the list."
        "The form's own list";
    AMBIGUOUS "code.ambiguous" Hold
        "Cách ghi này có thể hiểu theo nhiều cách. Chọn một giá trị trong danh mục."
        "This can mean more than one value of the list. Choose one."
        "The form's own list";
    SEX_UNKNOWN "code.sex-unknown" Hold
        "Giới tính phải là Nam hoặc Nữ."
        "Sex must be Nam (male) or Nữ (female)."
        "Law 26/2023/QH15 on Identity, article 9; ISO/IEC 5218";
    ETHNICITY_UNKNOWN "code.ethnicity-unknown" Hold
        "Không có dân tộc này trong danh mục 54 dân tộc. Ghi theo danh mục."
        "The list of the 54 ethnic groups doesn't have this one. Write it as the list does."
        "Decision 121-TCTK/PPCD of 2 March 1979, General Statistics Office";
    RELIGION_UNKNOWN "code.religion-unknown" Hold
        "Không có tôn giáo này trong danh mục. Ghi theo danh mục, hoặc ghi Không."
        "The list of religions doesn't have this one. Write it as the list does, or Không (none)."
        "Government Committee for Religious Affairs: recognised organisations";
    NATIONALITY_UNKNOWN "code.nationality-unknown" Hold
        "Không đọc được quốc tịch này. Ghi tên nước, ví dụ Việt Nam."
        "This nationality can't be read. Write the country's name, such as Việt Nam."
        "ISO 3166-1; Law 24/2008/QH12 on Vietnamese Nationality";
    NATIONALITY_FOREIGN "code.nationality-foreign" Hold
        "Thẻ căn cước chỉ cấp cho công dân Việt Nam. Kiểm tra lại quốc tịch."
        "Identity cards are for citizens of Viet Nam. Look at the nationality again."
        "Law 26/2023/QH15 on Identity, article 19";
    RELATIONSHIP_UNKNOWN "code.relationship-unknown" Hold
        "Không đọc được quan hệ với chủ hộ. Ghi ví dụ: vợ, chồng, con, cháu."
        "The relation to the head of the household can't be read. Write vợ, chồng, con or cháu, for example."
        "Circular 66/2023/TT-BCA, form CT01";
    MARITAL_STATUS_UNKNOWN "code.marital-status-unknown" Hold
        "Không đọc được tình trạng hôn nhân. Ghi: chưa kết hôn, đã kết hôn, ly hôn, góa."
        "The marital status can't be read. Write chưa kết hôn, đã kết hôn, ly hôn or góa."
        "Circular 66/2023/TT-BCA, information for the population database";
    EDUCATION_UNKNOWN "code.education-unknown" Hold
        "Không đọc được trình độ học vấn. Ghi ví dụ: 9/12, trung cấp, đại học."
        "The level of education can't be read. Write 9/12, trung cấp or đại học, for example."
        "Decision 01/2017/QD-TTg: levels of national education";
    OCCUPATION_UNKNOWN "code.occupation-unknown" Note
        "Nghề nghiệp này không có trong danh mục thường dùng. Vẫn nhận như đã ghi."
        "The list of usual occupations doesn't have this one. It is accepted as written."
        "Decision 34/2020/QD-TTg: thousands of occupations, so no list is complete";
    BLOOD_TYPE_UNKNOWN "code.blood-type-unknown" Note
        "Không đọc được nhóm máu. Ghi A, B, AB hoặc O, có thể kèm + hoặc -."
        "The blood type can't be read. Write A, B, AB or O, with + or - where known."
        "Law 26/2023/QH15 on Identity, article 9: by the citizen's own wish";
}
