//! Common models, for whoever brings no file: keys that are widely sold, and managers of passkeys.

use crate::aaguid::Aaguid;

/// The name of a common model.
pub(crate) fn name(aaguid: Aaguid) -> Option<&'static str> {
    let number = u128::from_be_bytes(aaguid);
    let place = COMMON.binary_search_by_key(&number, |(model, _)| *model).ok()?;
    COMMON.get(place).map(|(_, name)| *name)
}

/// By rising AAGUID.
#[rustfmt::skip]
const COMMON: [(u128, &str); 69] = [
    (0x08987058_cadc_4b81_b6e1_30de50dcbe96, "Windows Hello"),
    (0x0bb43545_fd2c_4185_87dd_feb0b2916ace, "Security Key NFC by Yubico, Enterprise Edition"),
    (0x0ea242b4_43c4_4a1b_8b17_dd6d0b6baec6, "Keeper"),
    (0x12ded745_4bed_47d4_abaa_e713f51d6393, "Feitian AllinOne"),
    (0x149a2021_8ef6_4133_96b8_81f8d5b7f1f5, "Security Key by Yubico with NFC"),
    (0x19083c3d_8383_4b18_bc03_8f1c9ab2fd1b, "YubiKey 5 Series"),
    (0x24673149_6c86_42e7_98d9_433fb5b73296, "YubiKey 5 Series with Lightning"),
    (0x2cd2f727_f6ca_44da_8f48_5c2e5da000a2, "Nitrokey 3A Mini"),
    (0x2fc0579f_8113_47ea_b116_bb5a8db9202a, "YubiKey 5 Series with NFC"),
    (0x3b1adb99_0dfe_46fd_90b8_7f7614a4de2a, "GoTrust Idem Key"),
    (0x42b4fb4a_2866_43b2_9bf7_6c6669c2e5d3, "Google Titan Security Key v2"),
    (0x47ab2fb4_66ac_4184_9ae1_86be814012d5, "Security Key NFC by Yubico, Enterprise Edition"),
    (0x50726f74_6f6e_5061_7373_50726f746f6e, "Proton Pass"),
    (0x531126d6_e717_415c_9320_3d9aa6981239, "Dashlane"),
    (0x53414d53_554e_4700_0000_000000000000, "Samsung Pass"),
    (0x5d629218_d3a5_11ed_afa1_0242ac120002, "Swissbit iShield Key Pro"),
    (0x6028b017_b1d4_4c02_b4b3_afcdafc96bb2, "Windows Hello"),
    (0x662ef48a_95e2_4aaa_a6c1_5b9c40375824, "YubiKey 5 Series with NFC, Enhanced PIN"),
    (0x664d9f67_84a2_412a_9ff7_b4f7d8ee6d05, "OpenSK"),
    (0x692db549_7ae5_44d5_a1e5_dd20a493b723, "HID Crescendo Key"),
    (0x6d44ba9b_f6ec_2e49_b930_0c8fe920cb73, "Security Key by Yubico with NFC"),
    (0x6fb18d4c_09f2_4e57_a3c6_51d07e94b218, "Latchkey"),
    (0x73bb0cd4_e502_49b8_9c6f_b59445bf720b, "YubiKey 5 FIPS Series"),
    (0x77010bd7_212a_4fc9_b236_d2ca5e9d4084, "Feitian BioPass"),
    (0x7d1351a6_e097_4852_b8bf_c9ac5c9ce4a3, "YubiKey Bio Series, Multi-protocol Edition"),
    (0x833b721a_ff5f_4d00_bb2e_bdda3ec01e29, "Feitian ePass"),
    (0x83c47309_aabb_4108_8470_8be838b573cb, "YubiKey Bio Series, Enterprise Profile"),
    (0x85203421_48f9_4355_9bc8_8a53846e5083, "YubiKey 5 FIPS Series with Lightning"),
    (0x8876631b_d4a0_427f_5773_0ec71c9e0279, "Solo"),
    (0x8976631b_d4a0_427f_5773_0ec71c9e0279, "Solo Tap"),
    (0x90636e1f_ef82_43bf_bdcf_5255f139d12f, "YubiKey Bio Series, Multi-protocol Edition"),
    (0x90a3ccdf_635c_4729_a248_9b709135078f, "Microsoft Authenticator for iOS"),
    (0x931327dd_c89b_406c_a81e_ed7058ef36c6, "Swissbit iShield Key FIDO2"),
    (0x9876631b_d4a0_427f_5773_0ec71c9e0279, "Somu"),
    (0x998f358b_2dd2_4cbe_a43a_e8107438dfb3, "OnlyKey"),
    (0x9a03e537_4cbe_4a01_b2e2_242e0dd9a59b, "Nitrokey Passkey"),
    (0x9ddd1817_af5a_4672_a2b9_3e3dd95000a9, "Windows Hello"),
    (0xa02167b9_ae71_4ac7_9a07_06432ebb6f1c, "YubiKey 5 Series with Lightning"),
    (0xa25342c0_3cdc_4414_8e46_f4807fca511c, "YubiKey 5 Series with NFC"),
    (0xa4e9fc6d_4cbe_4758_b8ba_37598bb5bbaa, "Security Key NFC by Yubico"),
    (0xab32f0c6_2239_afbb_c470_d2ef4e254db7, "Token2 FIDO2"),
    (0xadce0002_35bc_c60a_648b_0b25f1f05503, "Chrome on Mac"),
    (0xb6ede29c_3772_412c_8a78_539c1f4c62d2, "Feitian BioPass Plus"),
    (0xb84e4048_15dc_4dd0_8640_f4f60813c8af, "NordPass"),
    (0xb92c3f9a_c014_4056_887f_140a2501163b, "Security Key by Yubico"),
    (0xbada5566_a7aa_401f_bd96_45619a55120d, "1Password"),
    (0xc1f9a0bc_1dd2_404a_b27f_8e29047a43fd, "YubiKey 5 FIPS Series with NFC"),
    (0xc2e75a90_4b1d_4f38_8d06_2fa963b7e5c4, "Latchkey (synced)"),
    (0xc5ef55ff_ad9a_4b9f_b580_adebafe026d0, "YubiKey 5 Series with Lightning"),
    (0xcb69481e_8ff7_4039_93ec_0a2729a154a8, "YubiKey 5 Series"),
    (0xd548826e_79b4_db40_a3d8_11116f7e8349, "Bitwarden"),
    (0xd7781e5d_e353_46aa_afe2_3ca49f13332a, "YubiKey 5 Series with NFC"),
    (0xd8522d9f_575b_4866_88a9_ba99fa02f35b, "YubiKey Bio Series"),
    (0xd94a29d9_52dd_4247_9c2d_8b818b610389, "VeriMark Guard"),
    (0xdd4ec289_e01d_41c9_bb89_70fa845d4bf2, "Apple Passwords (managed)"),
    (0xde1e552d_db1d_4423_a619_566b625cdc84, "Microsoft Authenticator for Android"),
    (0xe416201b_afeb_41ca_a03d_2281c28322aa, "ATKey.Pro"),
    (0xe77e3c64_05e3_428b_8824_0cbeb04b829d, "Security Key NFC by Yubico"),
    (0xea9b8d66_4d01_1d21_3ce4_b6b48cb575d4, "Google Password Manager"),
    (0xeabb46cc_e241_80bf_ae9e_96fa6d2975cf, "Token2 PIN+"),
    (0xec99db19_cd1f_4c06_a2a9_940f17a6a30b, "Nitrokey 3"),
    (0xee041bce_25e5_4cdb_8f86_897fd6418464, "Feitian ePass with NFC"),
    (0xee882879_721c_4913_9775_3dfcce97072a, "YubiKey 5 Series"),
    (0xf3809540_7f14_49c1_a8b3_8f813b225541, "Enpass"),
    (0xf8a011f3_8c0a_4d15_8006_17111f9edc7d, "Security Key by Yubico"),
    (0xfa2b99dc_9e39_4257_8f92_4a30d23c4118, "YubiKey 5 Series with NFC"),
    (0xfbfc3007_154e_4ecc_8c0b_6e020557d7bd, "Apple Passwords"),
    (0xfdb141b2_5d84_443e_8a35_4698c205a502, "KeePassXC"),
    (0xff4dac45_ede8_4ec2_aced_cf66103f4335, "YubiKey 5 Series"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aaguid;

    #[test]
    fn the_table_is_sorted_and_each_model_is_found() {
        assert!(COMMON.is_sorted_by(|(one, _), (next, _)| one < next));
        for (model, called) in COMMON {
            assert_eq!(name(model.to_be_bytes()), Some(called));
        }
        assert_eq!(
            name(aaguid::parse("ee882879-721c-4913-9775-3dfcce97072a").unwrap()),
            Some("YubiKey 5 Series")
        );
        assert_eq!(name(aaguid::NONE), None);
    }
}
