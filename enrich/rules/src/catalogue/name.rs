//! Names.

rules! {
    MISSING "name.missing" Reject
        "Chưa ghi họ và tên. Ghi đủ họ, chữ đệm và tên khai sinh."
        "The name is missing. Write the full name of the birth certificate."
        "Law 26/2023/QH15 on Identity, article 18 (what a card shows)";
}
