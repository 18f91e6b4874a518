//! Officers' verifications.

rules! {
    STAGE_OUT_OF_RANGE "verification.stage-out-of-range" Reject
        "Bước xác minh phải từ 1 đến 3. Kiểm tra lại bước xác minh."
        "A stage of verification is 1 to 3. Look at the stage again."
        "schemas/README.md: three stages";
    FIELD_TWICE "verification.field-twice" Reject
        "Một mục được xác minh hai lần trong cùng biên bản. Chỉ giữ một kết quả cho mỗi mục."
        "One field is verified twice in one record. Keep one finding for each field."
        "schemas/README.md: at most one for each field";
    VALUE_MISSING "verification.value-missing" Note
        "Kết quả là sửa hoặc bổ sung nhưng không ghi giá trị đúng. Ghi giá trị đúng."
        "The finding is corrected or new, but the right value is not given. Write the right value."
        "schemas/README.md: corrected and new have a value";
    VALUE_UNEXPECTED "verification.value-unexpected" Note
        "Kết quả là đúng hoặc thiếu nhưng lại ghi giá trị khác. Kiểm tra kết quả xác minh."
        "The finding is confirmed or missing, and yet a value is given. Look at the finding again."
        "schemas/README.md: confirmed and missing have no value";
}
