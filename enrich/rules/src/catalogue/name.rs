//! Names.

rules! {
    MISSING "name.missing" Reject
        "Chưa ghi họ và tên. Ghi đủ họ, chữ đệm và tên khai sinh."
        "The name is missing. Write the full name of the birth certificate."
        "Law 26/2023/QH15 on Identity, article 18 (what a card shows)";
    PLACEHOLDER "name.placeholder" Reject
        "Ô họ và tên chỉ ghi cho có (không rõ, chưa có, x, test…). Ghi đủ họ, chữ đệm và tên khai sinh."
        "The name is only a filler (unknown, none yet, x, test …). Write the full name of the birth certificate."
        "Law 26/2023/QH15 on Identity, article 18; Civil Code 91/2015/QH13, article 26.1: everyone has a name";
    UNKNOWN "name.unknown" Note
        "Tên người này được ghi là không rõ. Vẫn nhận; bổ sung nếu có giấy tờ."
        "This person's name is written as unknown. It is accepted; add it if a paper shows it."
        "Decree 123/2015/ND-CP, article 15: a birth may be registered with a parent unknown";
    DIGITS "name.digits" Hold
        "Trong họ tên có chữ số. Tên không được đặt bằng số; kiểm tra lại giấy khai sinh."
        "The name has digits. A name can't be made of numbers; look at the birth certificate again."
        "Civil Code 91/2015/QH13, article 26.3";
    SIGNS "name.signs" Hold
        "Trong họ tên có ký hiệu không phải chữ. Ghi lại họ tên chỉ bằng chữ."
        "The name has signs that are no letters. Write the name with letters only."
        "Civil Code 91/2015/QH13, article 26.3";
    LETTERS "name.letters" Hold
        "Trong họ tên có chữ không dùng trong tiếng Việt hay tiếng dân tộc của Việt Nam. Kiểm tra lại giấy khai sinh."
        "The name has letters of no language of Viet Nam. Look at the birth certificate again."
        "Civil Code 91/2015/QH13, article 26.3: in Vietnamese or another language of Viet Nam's peoples";
    ABBREVIATED "name.abbreviated" Hold
        "Họ tên viết tắt. Ghi đầy đủ từng chữ như giấy khai sinh."
        "The name is abbreviated. Write every word in full, as the birth certificate has it."
        "Decree 123/2015/ND-CP, article 4: the name is written in full";
    ONE_WORD "name.one-word" Hold
        "Mới ghi một chữ. Ghi đủ cả họ và tên."
        "There is only one word. Write family name and given name."
        "Civil Code 91/2015/QH13, article 26.1: a name is family name, middle name if any, and given name";
    PARTIAL "name.partial" Note
        "Mới ghi một phần họ tên của người này. Vẫn nhận; ghi đủ nếu có giấy tờ."
        "Only a part of this person's name is written. It is accepted; add the rest if a paper shows it."
        "Civil Code 91/2015/QH13, article 26.1";
    INCOMPLETE "name.incomplete" Hold
        "Một phần họ tên ghi là không rõ hoặc chưa có. Ghi đủ cả họ và tên."
        "A part of the name is written as unknown. Write family name and given name."
        "Civil Code 91/2015/QH13, article 26.1";
    RUN_TOGETHER "name.run-together" Hold
        "Các chữ trong họ tên bị viết liền nhau. Ghi cách từng chữ."
        "Words of the name are run together. Write them apart."
        "Quốc ngữ writes each syllable apart; the longest has 7 letters";
    TOO_LONG "name.too-long" Hold
        "Họ tên dài bất thường; có thể lẫn nội dung khác. Kiểm tra lại."
        "The name is unusually long; something else may have got into it. Look at it again."
        "The longest names known have fewer than 60 letters";
    SEVERAL "name.several" Hold
        "Ô này ghi tên của nhiều người. Mỗi ô chỉ ghi một người."
        "There are names of several people here. Write one person in a field."
        "The form's own instructions: one person in a field";
    TITLE "name.title" Note
        "Đã bỏ danh xưng (ông, bà, TS…) đứng trước họ tên."
        "A title (Mr, Mrs, Dr …) in front of the name was taken off."
        "Decree 123/2015/ND-CP, article 4: a title is no part of the name";
    TITLE_UNCLEAR "name.title-unclear" Hold
        "Chữ đầu có thể là danh xưng (bà, chị, cụ…) chứ không phải họ. Ghi lại họ tên, không kèm danh xưng."
        "The first word may be a title (Mrs, Miss …) and no family name. Write the name without a title."
        "Decree 123/2015/ND-CP, article 4: a title is no part of the name";
    OTHER_NAME "name.other-name" Note
        "Tên gọi khác đã được tách khỏi họ tên khai sinh."
        "Another name was set apart from the name of the birth certificate."
        "Circular 66/2023/TT-BCA, form CC01: the other name has a field of its own";
    RELATION "name.relation" Note
        "Ghi chú về quan hệ (vợ ông, con bà…) đã được tách khỏi họ tên."
        "A note on a relation (wife of, child of …) was set apart from the name."
        "Forms have fields of their own for parents and spouse";
    DESCRIBED "name.described" Hold
        "Người này được ghi theo người khác (vợ ông, con bà…) chứ chưa có họ tên riêng. Ghi họ tên khai sinh."
        "The person is described through another one (wife of, child of …) without a name of their own. Write the name of the birth certificate."
        "Civil Code 91/2015/QH13, article 26: everyone has a name of their own";
    HUSBANDS_NAME "name.husbands-name" Hold
        "Có thể là họ tên người chồng (bà … Văn …). Ghi họ tên khai sinh của chính người này."
        "This may be the husband's name (Mrs … Văn …). Write the person's own name of the birth certificate."
        "Civil Code 91/2015/QH13, article 26: marriage changes no name";
    PARTS_DISAGREE "name.parts-disagree" Hold
        "Họ, chữ đệm và tên ghi riêng không khớp với họ và tên đầy đủ. Kiểm tra lại."
        "Family, middle and given name don't make the full name that is written. Look at both again."
        "The same name written twice on one form";
}
