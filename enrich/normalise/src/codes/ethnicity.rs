//! The 54 recognised ethnic groups.

use super::{Code, Shown, Table};
use rules::Reading;
use rules::catalogue::code::ETHNICITY_UNKNOWN;
use std::sync::LazyLock;

const RULE: &str = "ethnicity.code";

/// What the register holds for a group: its code. [`Shown::Name`] would make it the name.
const SHOWN: Shown = Shown::Code;

macro_rules! groups {
    ($($code:literal $name:literal $($alias:literal)*;)+) => {
        &[$(Code { code: $code, name: $name, aliases: &[$($alias),*] }),+]
    };
}

/// Source: Decision 121-TCTK/PPCD of 2 March 1979 (codes, names and other names); spellings of the
/// census of 2019 and of usual forms. Names that the decision has under several groups (`Xá`, `Trại`)
/// are ambiguous; `Thổ` is the group, though Tày were called so.
static CODES: &[Code] = groups! {
    "01" "Kinh" "Việt" "Kinh Việt" "Việt Kinh";
    "02" "Tày" "Ngạn" "Phén" "Thu Lao" "Thù Lao" "Pa Dí";
    "03" "Thái" "Tày Khao" "Thái Trắng" "Tày Đăm" "Thái Đen" "Thái Đỏ" "Tày Mười" "Tày Thanh" "Mán Thanh"
        "Hàng Tổng" "Tày Mường" "Pu Thay" "Pa Thay" "Thổ Đà Bắc";
    "04" "Hoa" "Hán" "Hoa Hán" "Triều Châu" "Phúc Kiến" "Quảng Đông" "Hải Nam" "Xạ Phang" "Xạ Phạng" "Minh Hương";
    "05" "Khơ-me" "Khmer" "Khơ Me Krôm" "Khmer Krom" "Cur" "Cul" "Việt gốc Miên" "Miên Krôm";
    "06" "Mường" "Mol" "Mual" "Mọi Bi" "Ao Tá" "Âu Tá" "Ậu Tá";
    "07" "Nùng" "Xuồng" "Nùng Xuồng" "Nùng Giang" "Nùng An" "Nùng Inh" "Phàn Sình" "Nùng Phàn Slinh"
        "Nùng Phàn Sình" "Nùng Cháo" "Nùng Lòi" "Nùng Dín" "Quý Rịn" "Nùng Quy Rin" "Khèn Lài";
    "08" "Mông" "Hmông" "Hmong" "Mèo" "Mẹo" "Mông Mèo" "Mông Hmông" "Hmông Mông" "Hơ Mông" "Hmông Mèo" "Mèo Hoa" "Mèo Xanh" "Mèo Đỏ" "Mèo Đen"
        "Mèo Trắng" "Ná Mẻo" "Na Miẻo" "Ná Miẻo" "Mán Trắng" "Mông Hoa" "Mông Xanh" "Mông Đỏ" "Mông Đen"
        "Mông Trắng" "Hmông Hoa" "Hmông Xanh" "Hmông Đỏ" "Hmông Đen" "Hmông Trắng" "Mông Lềnh" "Mông Si"
        "Mông Súa" "Mông Đơ" "Mông Đu" "Miêu";
    "09" "Dao" "Mán" "Dao Mán" "Trại" "Xá" "Dìu Miền" "Kiềm Miền" "Kìm Miền" "Kìm Mùn" "Quần Trắng"
        "Dao Quần Trắng" "Dao Đỏ" "Quần Chẹt" "Dao Quần Chẹt" "Lô Gang" "Lô Giang" "Dao Lô Gang" "Dao Tiền"
        "Thanh Y" "Dao Thanh Y" "Dao Thanh Phán" "Lan Tẻn" "Dao Lan Tẻn" "Dao Áo Dài" "Dao Làn Tiẻn" "Dao Tuyển"
        "Dao Họ" "Dao Đen" "Dao Khâu" "Dao Đại Bản" "Đại Bản" "Tiểu Bản" "Cóc Ngáng" "Cóc Mùn" "Sơn Đầu" "Yao";
    "10" "Gia-rai" "Giơ Rai" "Jrai" "Jarai" "Chơ Rai" "Tơ Buăn" "Hơ Bau" "Hđrung" "Chor" "Aráp" "Mthur";
    "11" "Ngái" "Đản" "Khách Gia";
    "12" "Ê-đê" "Ra Đê" "Rha Đê" "Rhade" "Ede" "Kpă" "Ađham" "Krung" "Ktul" "Đliê Ruê" "Đliê Hruê" "Blô"
        "Êpan" "Mđhur" "Bih";
    "13" "Ba-na" "Bahnar" "Bana" "Gơ Lar" "Tơ Lô" "Giơ Lâng" "Y Lăng" "Rơ Ngao" "Krem" "Roh" "ConKđe" "A La Công"
        "Kpăng Công" "Bơ Nâm";
    "14" "Xơ-đăng" "Xê Đăng" "Xơ Teng" "Hà Lăng" "Tơ Đrá" "Mnâm" "Ca Dong" "Kmrâng" "Con Lan" "Bri La" "Sedang"
        "Sơ Đăng";
    "15" "Sán Chay" "Cao Lan" "Sán Chỉ" "Sán Chí" "Mán Cao Lan" "Hờn Bạn" "Hờn Bán" "Cao Lan Sán Chỉ" "San Chay"
        "Sán Chay Cao Lan Sán Chỉ" "Sán Chấy";
    "16" "Cơ-ho" "Kơ Ho" "K Ho" "Xrê" "Nốp" "Tu Lốp" "Cơ Don" "Lạch" "Tơ Ring";
    "17" "Chăm" "Chàm" "Chiêm Thành" "Hroi" "Chăm Hroi" "Cham";
    "18" "Sán Dìu" "Sán Dẻo" "Trại" "Trại Đất" "Mán Quần Cộc" "Sán Déo" "Sán Dợ" "Mán Váy Xẻ";
    "19" "Hrê" "Chăm Rê" "Krẹ" "Lũy" "Chom";
    "20" "Mnông" "Pnông" "Pré" "Bu Đâng" "Đi Pri" "Biat" "Rơ Lam" "M Nông";
    "21" "Ra-glai" "Ra Glay" "Ra Clây" "Noang" "La Oang" "Raglei";
    "22" "Xtiêng" "Xa Điêng" "Stiêng" "Stieng";
    "23" "Bru-Vân Kiều" "Bru" "Vân Kiều" "Măng Coong" "Khùa";
    "24" "Thổ" "Kẹo" "Mọn" "Đan Lai" "Ly Hà" "Tày Pọng" "Tày Poọng" "Con Kha" "Đan Lai Ly Hà";
    "25" "Giáy" "Nhắng" "Dẩng" "Giẳng" "Pầu Thìn" "Nu Nà" "Pu Nà" "Cùi Chu" "Dáy" "Nhắng Giáy";
    "26" "Cơ-tu" "Ca Tu" "Ca Tang" "Kơ Tu" "Katu" "Cà Tu";
    "27" "Gié-Triêng" "Gié" "Triêng" "Giẻ Triêng" "Đgiéh" "Tareh" "Giang Rẫy" "Treng" "Ta Riêng" "Veh"
        "La Ve" "Ca Tang" "Giẻ";
    "28" "Mạ" "Châu Mạ" "Mạ Ngăn" "Mạ Xốp" "Mạ Tô" "Mạ Krung";
    "29" "Khơ-mú" "Khmú" "Khơ Mu" "Xá Cẩu" "Mứn Xen" "Pu Thênh" "Tềnh" "Tày Hạy" "Kmụ" "Kưm Mụ" "Khạ Cẩu";
    "30" "Co" "Cor" "Col" "Cùa";
    "31" "Tà-ôi" "Tôi Ôi" "Pa Cô" "Pa Hi" "Ba Hi" "Pa Kô" "Ta Ôi";
    "32" "Chơ-ro" "Dơ Ro" "Châu Ro" "Chrau";
    "33" "Kháng" "Xá Khao" "Xá Súa" "Xá Dón" "Xá Dẩng" "Xá Hốc" "Xá Ái" "Xá Bung" "Quảng Lâm" "Xá";
    "34" "Xinh-mun" "Puộc" "Pụa" "Sinh Mun" "Xá";
    "35" "Hà Nhì" "U Ni" "Xá U Ni" "Hani" "Hà Nhì Đen" "Hà Nhì Hoa" "Hà Nhì Cồ Chồ" "Hà Nhì La Mí";
    "36" "Chu-ru" "Chơ Ru" "Kru";
    "37" "Lào" "Lào Bốc" "Lào Nọi" "Thay Duồn";
    "38" "La Chí" "Cù Tê" "La Quả" "Thổ Đen";
    "39" "La Ha" "Xá Khao" "Khlá Phlạo" "Khlá" "Phlạo";
    "40" "Phù Lá" "Bồ Khô Pạ" "Mu Di Pạ" "Xá Phó" "Va Xơ" "Xơ Lao" "Phù Lá Hán" "Pu La";
    "41" "La Hủ" "Pu Đang" "Khù Xung" "Khù Sung" "Cò Xung" "Cò Sung" "Khả Quy" "La Hủ Đen" "La Hủ Vàng" "Lahu";
    "42" "Lự" "Lừ" "Nhuồn" "Duồn";
    "43" "Lô Lô" "Mun Di" "Mùn Di" "Lô Lô Đen" "Lô Lô Hoa" "Ô Man" "Lolo";
    "44" "Chứt" "Rục" "Mã Liêng" "A Rem" "Tu Vang" "Pa Leng" "Xơ Lang" "Tơ Hung" "Chà Củi" "U Mo";
    "45" "Mảng" "Mảng Ư" "Xá Mảng";
    "46" "Pà Thẻn" "Pà Hưng" "Pa Teng" "Pa Then";
    "47" "Cơ Lao" "Cờ Lao" "Gelao" "Ke Lao";
    "48" "Cống" "Xắm Khống" "Mấng Nhé" "Xá Xeng" "Xá Côống";
    "49" "Bố Y" "Chủng Chá" "Trọng Gia" "Tu Dí" "Tu Dìn";
    "50" "Si La" "Cù Dề Xừ" "Khả Pẻ" "Kha Pé";
    "51" "Pu Péo" "Ka Bẻo" "Ka Pèo" "Pen Ti Lô Lô" "La Quả";
    "52" "Brâu" "Brao";
    "53" "Ơ Đu" "Tày Hạt" "Ơ Du";
    "54" "Rơ-măm" "Rơ Mâm";
};

pub(crate) static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let prefixes = &["dan toc ", "dt ", "d.toc ", "nguoi ", "dan toc: "];
    Table::new(CODES.iter().copied(), SHOWN, prefixes, RULE, &ETHNICITY_UNKNOWN)
});

/// The group, as [`SHOWN`] has it.
pub fn read(written: &str) -> Reading {
    let number = written.trim();
    if let [digit @ b'1'..=b'9'] = number.as_bytes() {
        return Reading {
            changed_by: vec![RULE],
            ..TABLE.read(&format!("0{}", char::from(*digit)))
        };
    }
    TABLE.read(written)
}

/// The name of the group with this code.
pub fn name(code: &str) -> Option<&'static str> {
    CODES
        .iter()
        .find(|group| group.code == code)
        .map(|group| group.name)
}
