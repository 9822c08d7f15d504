//! A chart as PNG, for readers that show neither Vega-Lite nor SVG.
//!
//! Carries its own font: with the machine's fonts, or without any, the text of a picture would differ or be missing.

use std::sync::Arc;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{self, Options, Tree, fontdb};

use super::{Chart, to_svg};

static FONT: &[u8] = include_bytes!("../../../assets/Inter-Regular.otf");

/// Pixels of a picture that is drawn at double size; a larger one is drawn at its own.
const MOST_PIXELS_DOUBLED: f32 = 1_500_000.0;

/// Why a chart became no PNG. None of these is known to happen.
#[derive(Debug, thiserror::Error)]
pub enum PngError {
    /// Our own SVG was not understood.
    #[error("the chart's svg cannot be read: {0}")]
    Svg(#[from] usvg::Error),
    /// No memory for that many pixels.
    #[error("no room for a picture of {width} × {height} pixels")]
    Size {
        /// In pixels.
        width: u32,
        /// In pixels.
        height: u32,
    },
    /// The picture was drawn but not encoded.
    #[error("the picture cannot be encoded: {0}")]
    Encode(String),
}

/// The picture of [`to_svg`] as PNG, at double size for sharp screens.
pub fn to_png(chart: &Chart) -> Result<Vec<u8>, PngError> {
    let tree = Tree::from_str(&to_svg(chart), &options())?;
    let size = tree.size();
    let zoom: f32 = if size.width() * size.height() <= MOST_PIXELS_DOUBLED { 2.0 } else { 1.0 };
    let pixels = size.to_int_size().scale_by(zoom).unwrap_or_else(|| size.to_int_size());
    let (width, height) = (pixels.width(), pixels.height());
    let mut pixmap = Pixmap::new(width, height).ok_or(PngError::Size { width, height })?;
    resvg::render(&tree, Transform::from_scale(zoom, zoom), &mut pixmap.as_mut());
    pixmap.encode_png().map_err(|error| PngError::Encode(error.to_string()))
}

/// Our font, which every picture names first, and no other.
fn options() -> Options<'static> {
    let mut fonts = fontdb::Database::new();
    fonts.load_font_source(fontdb::Source::Binary(Arc::new(FONT)));
    Options { fontdb: Arc::new(fonts), ..Options::default() }
}

#[cfg(test)]
mod tests {
    use resvg::usvg::Node;

    use super::super::svg::tests::ranking_of;
    use super::*;

    #[test]
    fn the_embedded_font_sets_every_text() {
        let svg = to_svg(&ranking_of(&[("run-017", 0.912), ("прогон α", 0.9)]));
        let tree = Tree::from_str(&svg, &options()).unwrap();
        let texts: Vec<bool> = tree
            .root()
            .children()
            .iter()
            .flat_map(|node| match node {
                Node::Group(group) => group.children().to_vec(),
                other => vec![other.clone()],
            })
            .filter_map(|node| match node {
                Node::Text(text) => Some(text.bounding_box().width() > 4.0),
                Node::Group(_) | Node::Path(_) | Node::Image(_) => None,
            })
            .collect();
        assert_eq!(texts.len(), svg.matches("<text").count());
        assert!(texts.into_iter().all(|is_visible| is_visible));
    }

    #[test]
    fn a_picture_is_a_png_of_double_size() {
        let png = to_png(&ranking_of(&[("run-017", 0.912)])).unwrap();
        assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
        assert_eq!(u32::from_be_bytes(png[16..20].try_into().unwrap()), 1520);
    }
}
