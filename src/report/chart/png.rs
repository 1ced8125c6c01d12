//! A PNG encoder for what charts need: 8-bit RGB, averaged down two by two from the drawn pixels. Equal pixels give
//! equal bytes; no time or tool is written into the file.

use std::io::{self, Write};

use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};

const SIGNATURE: [u8; 8] = [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n'];

/// The PNG of `pixels` (RGB, `width` × `height`, both even), at half their size.
pub(super) fn encode_halved(pixels: &[u8], width: usize, height: usize) -> io::Result<Vec<u8>> {
    let (columns, rows) = (width / 2, height / 2);
    let mut compressor = ZlibEncoder::new(Vec::new(), Compression::new(6));
    let mut above = vec![0_u8; columns * 3];
    for row in 0..rows {
        let line = halved_row(pixels, width, row);
        // A chart's rows mostly equal the row above: the "up" filter leaves zeros.
        let filtered: Vec<u8> = line.iter().zip(&above).map(|(here, up)| here.wrapping_sub(*up)).collect();
        compressor.write_all(&[2])?;
        compressor.write_all(&filtered)?;
        above = line;
    }
    let mut header = Vec::with_capacity(13);
    for size in [columns, rows] {
        header.extend(u32::try_from(size).map_err(io::Error::other)?.to_be_bytes());
    }
    // Eight bits a channel, true colour, and the only compression, filter and interlace methods there are.
    header.extend([8, 2, 0, 0, 0]);
    let mut png = SIGNATURE.to_vec();
    chunk(&mut png, *b"IHDR", &header)?;
    chunk(&mut png, *b"IDAT", &compressor.finish()?)?;
    chunk(&mut png, *b"IEND", &[])?;
    Ok(png)
}

/// One row at half size: each channel is the mean of four drawn pixels.
fn halved_row(pixels: &[u8], width: usize, row: usize) -> Vec<u8> {
    let stride = width * 3;
    let upper = &pixels[2 * row * stride..][..stride];
    let lower = &pixels[(2 * row + 1) * stride..][..stride];
    let mut line = Vec::with_capacity(stride / 2);
    for (upper, lower) in upper.chunks_exact(6).zip(lower.chunks_exact(6)) {
        for channel in 0..3 {
            let sum = [upper[channel], upper[channel + 3], lower[channel], lower[channel + 3]].map(u16::from);
            let mean = (sum.iter().sum::<u16>() + 2) / 4;
            line.push(u8::try_from(mean).unwrap_or(u8::MAX));
        }
    }
    line
}

fn chunk(png: &mut Vec<u8>, kind: [u8; 4], content: &[u8]) -> io::Result<()> {
    png.extend(u32::try_from(content.len()).map_err(io::Error::other)?.to_be_bytes());
    let mut sum = Crc::new();
    sum.update(&kind);
    sum.update(content);
    png.extend(kind);
    png.extend(content);
    png.extend(sum.sum().to_be_bytes());
    Ok(())
}
