//! A picture in a `data:` URL (RFC 2397), as metadata and lists hold them.

use crate::base64;

/// A picture of a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Icon {
    /// `image/png` or `image/svg+xml`.
    pub media_type: &'static str,
    /// The picture's file. Show an SVG as an image only (`img`): there its scripts do not run.
    pub bytes: Vec<u8>,
}

/// Larger than any picture that is published.
const LARGEST: usize = 512 * 1024;
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

impl Icon {
    /// The picture of a `data:` URL; `None` for what is no PNG or SVG in base64, or is too large.
    pub fn from_data_url(url: &str) -> Option<Self> {
        let (media_type, data) = url.trim().strip_prefix("data:")?.split_once(',')?;
        if data.len() > LARGEST / 3 * 4 + 4 {
            return None;
        }
        let media_type = media_type.trim_end().strip_suffix(";base64")?.split(';').next()?;
        let bytes = base64::standard(data)?;
        match media_type {
            "image/png" if bytes.starts_with(PNG) => Some(Self { media_type: "image/png", bytes }),
            "image/svg+xml" if std::str::from_utf8(&bytes).is_ok_and(|text| text.contains("<svg")) => {
                Some(Self { media_type: "image/svg+xml", bytes })
            }
            _ => None,
        }
    }

    /// The picture as a `data:` URL.
    pub fn to_data_url(&self) -> String {
        format!("data:{};base64,{}", self.media_type, base64::encode(&self.bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn png_and_svg_are_pictures_and_nothing_else_is() {
        let png = format!("data:image/png;base64,{}", base64::encode(PNG));
        assert_eq!(Icon::from_data_url(&png).unwrap().to_data_url(), png);
        let svg = format!("data:image/svg+xml;base64,{}", base64::encode(b"<svg/>"));
        assert_eq!(Icon::from_data_url(&svg).unwrap().to_data_url(), svg);
        let huge = format!(
            "data:image/svg+xml;base64,{}",
            base64::encode(&[b"<svg>", &vec![b' '; LARGEST][..]].concat())
        );
        let wrong = [
            "",
            "data:image/png;base64,",
            "data:image/png;base64,AAAA",
            "data:text/html;base64,PHN2Zz4=",
            "data:image/svg+xml;utf8,<svg>",
            "https://maker.example/icon.png",
            &huge,
        ];
        for url in wrong {
            assert_eq!(Icon::from_data_url(url), None, "{}", &url[..url.len().min(60)]);
        }
    }
}
