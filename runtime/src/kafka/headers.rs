//! A record's headers, read from librdkafka: rdkafka panics at a name that isn't UTF-8, which whoever may write to a topic
//! can send, and then no worker would come past that record.
#![allow(unsafe_code)] // the calls of librdkafka, in this file alone

use rdkafka::bindings as rd;
use rdkafka::message::BorrowedMessage;
use schemas::Header;
use std::ffi::{CStr, c_char, c_void};
use std::ptr::{null, null_mut};

/// All of them in their order; none costs nothing. What isn't UTF-8 in a name is replaced.
pub(super) fn of(message: &BorrowedMessage<'_>) -> Vec<Header> {
    let mut headers = null_mut();
    // SAFETY: the message lives, and with it what is found; librdkafka says by its answer whether it found any.
    let answer = unsafe { rd::rd_kafka_message_headers(message.ptr(), &raw mut headers) };
    if answer != rd::rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR_NO_ERROR {
        return Vec::new();
    }
    // SAFETY: they were found in a message that lives.
    let count = unsafe { rd::rd_kafka_header_cnt(headers) };
    (0..count).filter_map(|at| header(headers, at)).collect()
}

fn header(headers: *const rd::rd_kafka_headers_t, at: usize) -> Option<Header> {
    let (mut name, mut value, mut length): (*const c_char, *const c_void, usize) = (null(), null(), 0);
    // SAFETY: the headers are those of a message that lives; it writes to our three variables alone.
    let answer =
        unsafe { rd::rd_kafka_header_get_all(headers, at, &raw mut name, &raw mut value, &raw mut length) };
    if answer != rd::rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR_NO_ERROR {
        return None;
    }
    // SAFETY: librdkafka ends a name with a NUL, and keeps it while the message lives.
    let name = unsafe { CStr::from_ptr(name) };
    // SAFETY: a value that isn't null is of this length, and is kept while the message lives.
    let bytes = || unsafe { std::slice::from_raw_parts(value.cast::<u8>(), length) };
    Some(Header {
        name: name.to_string_lossy().into_owned(),
        value: (!value.is_null()).then(|| bytes().to_vec()),
    })
}
