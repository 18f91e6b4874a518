//! What an application has beside the person's fields.

rules! {
    REVISION_OUT_OF_RANGE "application.revision-out-of-range" Reject
        "Số lần sửa phải từ 1 đến 10000. Báo cho người vận hành."
        "A revision is 1 to 10000. Tell the operator."
        "schemas/README.md: 1 for the first, then 2, 3 …";
    TOO_MANY_ATTACHMENTS "application.too-many-attachments" Reject
        "Hồ sơ có hơn 32 tệp đính kèm. Bỏ bớt tệp rồi gửi lại."
        "There are more than 32 attachments. Leave some out and submit again."
        "schemas/README.md: at most 32";
    ATTACHMENT_SIZE_NEGATIVE "application.attachment-size-negative" Reject
        "Tệp đính kèm có kích thước âm. Báo cho người vận hành."
        "An attachment has a negative size. Tell the operator."
        "schemas/README.md: a size in bytes";
}
