//! What match finds because it remembers what came before. The weights of this table can't be changed by a
//! ruleset's file: the same log must give the same register.

rules! {
    OTHER_PROVINCE "history.other-province" Note
        "Sự kiện đến qua kênh của một tỉnh khác với tỉnh đã đăng ký của điểm thu nhận. Báo cho người vận hành."
        "It came through the topic of another province than its node is registered in. Tell the operator."
        "schemas/README.md: a node publishes to its own province's topic";
    BEFORE_REGISTRATION "history.before-registration" Note
        "Thời điểm lập phiếu sớm hơn ngày đăng ký điểm thu nhận hơn 30 ngày. Kiểm tra đồng hồ của máy và ngày lập phiếu."
        "It was captured more than 30 days before its node was registered. Look at the node's clock and at the form's day."
        "A node is registered when it is set up; 30 days are left to one that was set up without a network";
    EVENT_ID_REPEATED "history.event-id-repeated" Note
        "Mã của sự kiện này đã được dùng cho một sự kiện khác trước đó. Báo cho người vận hành."
        "An event before it, in another place, had the same id. Tell the operator."
        "RFC 9562, section 6.8: an id is for one event only";
    AFTER_RETIREMENT "history.after-retirement" Note
        "Sự kiện đến sau khi điểm thu nhận đã bị ngừng sử dụng. Báo cho người vận hành: có thể đã tìm lại được máy."
        "It came after its node had been retired. Tell the operator: the device may have been found."
        "operate/README.md: a retired node is a lost device, of which nothing is expected any more";
    CAPTURED_AFTER_RETIREMENT "history.captured-after-retirement" Note
        "Phiếu được lập sau khi điểm thu nhận đã bị ngừng sử dụng. Báo cho người vận hành: máy có thể đang ở trong tay người khác."
        "It was captured after its node had been retired. Tell the operator: the device may be in other hands."
        "operate/README.md: a retired node is a lost device, which nobody should work with";
    STAGE_SKIPPED "history.stage-skipped" Note
        "Bước xác minh ngay trước chưa được ghi nhận. Kiểm tra xem bước đó đã làm và đã gửi chưa."
        "The stage of verification before this one is not recorded. Look whether it was done and sent."
        "schemas/README.md: stages 1, 2 and 3, one after the other";
    STAGE_LOWER "history.stage-lower" Note
        "Một bước xác minh cao hơn đã được ghi nhận trước đó. Kiểm tra lại bước xác minh."
        "A higher stage of verification was recorded before. Look at the stage again."
        "schemas/README.md: stages 1, 2 and 3, one after the other";
    STAGE_REPEATED "history.stage-repeated" Note
        "Bước xác minh này đã được ghi nhận trước đó. Kiểm tra xem có gửi hai lần không."
        "This stage of verification was recorded before. Look whether it was sent twice."
        "schemas/README.md: each stage is done once";
}
