//! What an event comes in.

rules! {
    KEY_IS_NOT_THE_NODE "envelope.key-is-not-the-node" Reject
        "Khoá của bản ghi không phải là điểm thu nhận. Báo cho người vận hành."
        "The record's key is not the node. Tell the operator."
        "schemas/README.md: the key is the node's id";
    CHAIN_START "envelope.chain-start" Note
        "Sự kiện đầu tiên của chuỗi phải không có mã băm trước, các sự kiện sau phải có. Báo cho người vận hành."
        "The first event of a series has no hash of the one before, and every later one has. Tell the operator."
        "schemas/README.md: previous_hash is zeros at sequence 1 and there alone; the ledger counts a broken link";
    CAPTURED_IN_FUTURE "envelope.captured-in-future" Note
        "Thời điểm lập phiếu ở sau thời điểm nhận. Đồng hồ của máy thu nhận bị sai; chỉnh lại giờ."
        "It was captured after it arrived: the node's clock is wrong. Set the clock."
        "Nothing is captured after it arrives";
    CAPTURED_TOO_EARLY "envelope.captured-too-early" Note
        "Thời điểm lập phiếu ở trước khi có hệ thống. Đồng hồ của máy thu nhận bị sai; chỉnh lại giờ."
        "It was captured before there was an intake: the node's clock is wrong. Set the clock."
        "No application was captured electronically before 2020";
    LONG_OFFLINE "envelope.long-offline" Note
        "Phiếu nằm ở máy thu nhận hơn một năm trước khi gửi. Kiểm tra xem thông tin còn đúng không."
        "The form lay at its node for more than a year. Look whether it is still right."
        "A year is longer than any outage planned for";
    SPOOLED_BEFORE_CAPTURED "envelope.spooled-before-captured" Note
        "Thời điểm lưu ở trước thời điểm lập phiếu. Kiểm tra đồng hồ của máy thu nhận."
        "It was stored before it was captured. Look at the node's clock."
        "An event is captured, then stored";
    RULES_FAILED "envelope.rules-failed" Hold
        "Phần mềm không kiểm tra được phiếu này nên giữ phiếu lại nguyên như đã ghi. Báo cho người vận hành: phiếu không có lỗi."
        "The rules failed on this form, so it is held as it was written. Tell the operator: it is no fault of the form."
        "ARCHITECTURE.md, invariant 7: a poison record never stops a partition";
}
