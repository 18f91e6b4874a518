//! One table per list: as written, as read, with what was found and suggested.

use super::*;

#[track_caller]
fn check(read: fn(&str) -> Reading, table: &[(&str, &str, &str, &[&str])]) {
    for &(written, value, code, candidates) in table {
        let reading = read(written);
        let found: Vec<&str> = reading.found.iter().map(|rule| rule.code).collect();
        assert_eq!(
            (reading.value.as_deref().unwrap_or(""), found.join(" ").as_str()),
            (value, code),
            "{written:?}: {:?}",
            reading.candidates
        );
        for candidate in candidates {
            assert!(
                reading.candidates.iter().any(|c| c == candidate),
                "{written:?}: {:?}",
                reading.candidates
            );
        }
        if !value.is_empty() {
            let again = read(value);
            assert_eq!(
                (again.value.as_deref(), again.changed_by.len()),
                (Some(value), 0),
                "{written:?} is read again"
            );
        }
    }
}

#[test]
fn sexes() {
    check(
        sex::read,
        &[
            ("Nam", "M", "", &[]),
            ("NAM ", "M", "", &[]),
            ("m", "M", "", &[]),
            ("male", "M", "", &[]),
            ("Con trai", "M", "", &[]),
            ("Nữ", "F", "", &[]),
            ("NỮ", "F", "", &[]),
            ("Nu\u{31b}\u{303}", "F", "", &[]),
            ("nu", "F", "", &[]),
            ("Nũ", "F", "", &[]),
            ("Gái", "F", "", &[]),
            ("Giới tính: Nữ", "F", "", &[]),
            ("N÷", "F", "", &[]),
            ("năm", "", "code.sex-unknown", &["M"]),
            ("Nam/Nữ", "", "code.sex-unknown", &[]),
            ("khác", "", "code.sex-unknown", &[]),
            ("1", "", "code.sex-unknown", &[]),
            ("", "", "code.missing", &[]),
            ("-", "", "code.missing", &[]),
        ],
    );
}

#[test]
fn ethnic_groups() {
    check(
        ethnicity::read,
        &[
            ("Kinh", "01", "", &[]),
            ("KINH", "01", "", &[]),
            ("Việt", "01", "", &[]),
            ("Kinh (Việt)", "01", "", &[]),
            ("Dân tộc Kinh", "01", "", &[]),
            ("người Tày", "02", "", &[]),
            ("Tay", "02", "", &[]),
            ("Tây", "", "code.ethnicity-unknown", &["02"]),
            ("Thái", "03", "", &[]),
            ("Thai den", "03", "", &[]),
            ("Hoa", "04", "", &[]),
            ("Khmer", "05", "", &[]),
            ("Khơ-me", "05", "", &[]),
            ("Muong", "06", "", &[]),
            ("Mương", "06", "", &[]),
            ("Nùng An", "07", "", &[]),
            ("Mông", "08", "", &[]),
            ("H'Mông", "08", "", &[]),
            ("HMÔNG", "08", "", &[]),
            ("H’mông", "08", "", &[]),
            ("Hmong", "08", "", &[]),
            ("Mèo", "08", "", &[]),
            ("Mông (Mèo)", "08", "", &[]),
            ("Mông hoa", "08", "", &[]),
            ("Dao", "09", "", &[]),
            ("Mán", "09", "", &[]),
            ("Dao đỏ", "09", "", &[]),
            ("Ê Đê", "12", "", &[]),
            ("Ede", "12", "", &[]),
            ("Bahnar", "13", "", &[]),
            ("Sán Chỉ", "15", "", &[]),
            ("Cao Lan", "15", "", &[]),
            ("Sán Chay (Cao Lan - Sán Chỉ)", "15", "", &[]),
            ("San Diu", "18", "", &[]),
            ("Thổ", "24", "", &[]),
            ("Nhắng", "25", "", &[]),
            ("Khơ Mú", "29", "", &[]),
            ("Khơ Mu", "29", "", &[]),
            ("Sinh Mun", "34", "", &[]),
            ("Hà Nhì", "35", "", &[]),
            ("Tu Dí", "49", "", &[]),
            ("Pu Péo", "51", "", &[]),
            ("03", "03", "", &[]),
            ("8", "08", "", &[]),
            ("54", "54", "", &[]),
            ("Xá", "", "code.ambiguous", &["09", "33", "34"]),
            ("Trại", "", "code.ambiguous", &["09", "18"]),
            ("Thaí", "", "code.ethnicity-unknown", &["03"]),
            ("Mừơngg", "", "code.ethnicity-unknown", &["06"]),
            ("Klingon", "", "code.ethnicity-unknown", &[]),
            ("không rõ", "", "code.ethnicity-unknown", &[]),
            ("55", "", "code.ethnicity-unknown", &[]),
            ("", "", "code.missing", &[]),
        ],
    );
    for code in 1..=54 {
        assert!(ethnicity::name(&format!("{code:02}")).is_some(), "{code}");
    }
}

#[test]
fn other_lists() {
    check(
        religion::read,
        &[
            ("Không", "Không", "", &[]),
            ("đạo Tin lành", "Tin Lành", "", &[]),
            ("Thiên chúa", "Công giáo", "", &[]),
            ("Hoà Hảo", "Phật giáo Hòa Hảo", "", &[]),
            ("phat giao", "Phật giáo", "", &[]),
            ("Jedi", "", "code.religion-unknown", &[]),
        ],
    );
    check(
        education::read,
        &[
            ("9/12", "9/12", "", &[]),
            ("09/12", "9/12", "", &[]),
            ("lớp 7/10", "7/10", "", &[]),
            ("Lớp 5", "5/12", "", &[]),
            ("13/12", "", "code.education-unknown", &[]),
            ("THPT", "Trung học phổ thông", "", &[]),
            ("Tốt nghiệp đại học", "Đại học", "", &[]),
            ("Mù chữ", "Không biết chữ", "", &[]),
        ],
    );
    check(
        relationship::read,
        &[
            ("con đẻ", "Con", "", &[]),
            ("Chủ hộ", "Chủ hộ", "", &[]),
            ("vo", "Vợ", "", &[]),
            ("Bố", "Bố", "", &[]),
            ("cháu ruột", "Cháu", "", &[]),
            ("hàng xóm", "", "code.relationship-unknown", &[]),
        ],
    );
    check(
        marital_status::read,
        &[
            ("Độc thân", "Chưa kết hôn", "", &[]),
            ("Có vợ", "Đã kết hôn", "", &[]),
            ("Goá", "Góa", "", &[]),
            ("phức tạp", "", "code.marital-status-unknown", &[]),
        ],
    );
    check(
        nationality::read,
        &[
            ("VN", "Việt Nam", "", &[]),
            ("Viet nam", "Việt Nam", "", &[]),
            ("Lào", "Lào", "code.nationality-foreign", &[]),
            ("Sao Hỏa", "", "code.nationality-unknown", &[]),
        ],
    );
    check(
        blood_type::read,
        &[
            ("O", "O", "", &[]),
            ("nhóm máu ab", "AB", "", &[]),
            ("O+", "O+", "", &[]),
            ("a rh-", "A-", "", &[]),
            ("B-", "B-", "", &[]),
            ("Z", "", "code.blood-type-unknown", &[]),
        ],
    );
    check(
        occupation::read,
        &[
            ("làm ruộng", "Làm ruộng", "", &[]),
            ("Phi công vũ trụ", "", "code.occupation-unknown", &[]),
        ],
    );
}
