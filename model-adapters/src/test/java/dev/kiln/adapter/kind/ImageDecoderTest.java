package dev.kiln.adapter.kind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.adapter.kind.ImageSettings.Decoding;
import dev.kiln.core.model.UnfitInput;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// Images of many kinds, against what Pillow makes of them (`models/golden/images.py`).
class ImageDecoderTest {
    private static final Map<String, byte[]> GOLDEN = Zip.files("/images/golden.zip");
    private static final ImageDecoder DECODER = new ImageDecoder(new Decoding(10_000, 0x303030));

    @Test
    void everyKindIsDecodedAndResizedAsPillowDoes() throws UnfitInput {
        Map<String, Integer> worst = new LinkedHashMap<>();
        for (var file : GOLDEN.entrySet()) {
            byte[] expected = GOLDEN.get(file.getKey() + ".rgb");
            if (expected != null) {
                Pixels found = Bilinear.resize(DECODER.decode(file.getValue()), 24, 16);
                worst.put(file.getKey(), furthest(found.rgb(), expected));
            }
        }

        assertThat(worst).hasSize(19);
        worst.forEach((name, difference) -> assertThat(difference).as(name).isLessThanOrEqualTo(1));
    }

    @Test
    void whatIsNotDecodedIsRefusedWithItsReason() {
        Map<String, String> reasons =
                Map.of(
                        "cmyk", "the JPEG has four inks (CMYK); send it as RGB or grey",
                        "animated", "the PNG is animated; send one frame",
                        "gif", "the image is a GIF; send JPEG or PNG",
                        "webp", "the image is a WebP; send JPEG or PNG",
                        "huge",
                                "the image is 40000 x 40000 pixels, at most 10000 in all; send it smaller",
                        "short-jpeg", "the JPEG is cut short after ",
                        "short-png", "the PNG is cut short: ",
                        "empty", "the image is empty; send JPEG or PNG",
                        "damaged-png", "the PNG is damaged: checksum of its part IDAT",
                        "no-height", "the JPEG does not say its size");

        reasons.forEach((name, reason) ->
                assertThatThrownBy(() -> DECODER.decode(golden(name + ".bad")))
                        .as(name)
                        .isInstanceOf(UnfitInput.class)
                        .hasMessageStartingWith(reason));
    }

    @Test
    void everyPrefixOfAnImageIsRefusedAndNothingElseHappens() {
        for (String name : new String[] {"progressive.jpg", "palette.png"}) {
            byte[] whole = golden(name);
            for (int length = 0; length < whole.length - 1; length++) {
                byte[] prefix = Arrays.copyOf(whole, length);
                assertThatThrownBy(() -> DECODER.decode(prefix)).isInstanceOf(UnfitInput.class);
            }
        }
    }

    @Test
    void aFlippedByteIsDecodedOrRefused() {
        for (String name : new String[] {"plain.jpg", "sixteen-3.png", "bits.png"}) {
            byte[] whole = golden(name);
            for (int at = 0; at < whole.length; at += 3) {
                byte[] flipped = whole.clone();
                flipped[at] ^= 0x55;
                try {
                    Pixels found = DECODER.decode(flipped);
                    assertThat(found.rgb()).hasSize(3 * found.width() * found.height());
                } catch (UnfitInput refused) {
                    assertThat(refused).hasMessageNotContaining("Exception");
                }
            }
        }
    }

    @Test
    void thePictureBehindTheFirstOneIsNotSeen() throws UnfitInput {
        byte[] first = golden("plain.jpg");
        byte[] both = Arrays.copyOf(first, first.length + golden("cmyk.bad").length);
        System.arraycopy(golden("cmyk.bad"), 0, both, first.length, both.length - first.length);

        assertThat(DECODER.decode(both).rgb()).isEqualTo(DECODER.decode(first).rgb());
    }

    private static byte[] golden(String name) {
        return Objects.requireNonNull(GOLDEN.get(name), name);
    }

    private static int furthest(byte[] found, byte[] expected) {
        assertThat(found).hasSameSizeAs(expected);
        int furthest = 0;
        for (int i = 0; i < found.length; i++) {
            furthest = Math.max(furthest, Math.abs((found[i] & 0xFF) - (expected[i] & 0xFF)));
        }
        return furthest;
    }
}
