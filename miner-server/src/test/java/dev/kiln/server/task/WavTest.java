package dev.kiln.server.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WavTest {
    /// A file that a test can spoil before it is written.
    private static final class Made {
        private String form = "RIFF";
        private int tag = 1;
        private int channels = 1;
        private int rate = 16_000;
        private int bits = 16;
        private byte[] data = {0, 64, 0, (byte) 192};
        private long riffSize = -1;
        private long dataSize = -1;
        private int together = -1;
        private int byteRate = -1;
        private boolean extensible;
        private byte[] before = {};
        private byte[] behind = {};

        byte[] bytes() {
            int fmt = extensible ? 40 : 16;
            int pad = data.length % 2;
            int all = 4 + before.length + 8 + fmt + 8 + data.length + pad + behind.length;
            ByteBuffer file = ByteBuffer.allocate(8 + all).order(ByteOrder.LITTLE_ENDIAN);
            put(file, form).putInt((int) (riffSize < 0 ? all : riffSize));
            put(file, "WAVE").put(before);
            int aligned = together < 0 ? channels * bits / 8 : together;
            put(file, "fmt ").putInt(fmt);
            file.putShort((short) (extensible ? 0xFFFE : tag)).putShort((short) channels);
            file.putInt(rate).putInt(byteRate < 0 ? rate * aligned : byteRate);
            file.putShort((short) aligned).putShort((short) bits);
            if (extensible) {
                file.putShort((short) 22).putShort((short) bits).putInt(0).putShort((short) tag);
                file.put(new byte[] {0, 0, 0, 0, 0x10, 0, (byte) 0x80, 0, 0, (byte) 0xAA, 0});
                file.put(new byte[] {0x38, (byte) 0x9B, 0x71});
            }
            put(file, "data").putInt((int) (dataSize < 0 ? data.length : dataSize)).put(data);
            file.position(file.position() + pad);
            return file.put(behind).array();
        }

        private static ByteBuffer put(ByteBuffer file, String four) {
            return file.put(four.getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    private static byte[] made(Consumer<Made> change) {
        var made = new Made();
        change.accept(made);
        return made.bytes();
    }

    private static Refused refused(byte[] file) {
        Refused refused = catchThrowableOfType(Refused.class, () -> Wav.read(file));
        assertThat(refused).as("nothing was refused").isNotNull();
        assertThat(refused.reason()).isEqualTo(Refusal.TASK_BAD_INPUT);
        return refused;
    }

    private static byte[] little(int size, Consumer<ByteBuffer> put) {
        ByteBuffer bytes = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        put.accept(bytes);
        return bytes.array();
    }

    @Test
    void sixteenBitsOfOneChannelAreRead() throws Refused {
        Sound sound = Wav.read(made(_ -> {}));

        assertThat(sound.rate()).isEqualTo(16_000);
        assertThat(sound.samples()).containsExactly(0.5f, -0.5f);
    }

    @Test
    void everyWidthMeansTheSame() throws Refused {
        byte[] eight = {(byte) 192, 64, (byte) 128};
        byte[] twentyFour = {0, 0, 0x40, 0, 0, (byte) 0xC0, 0, 0, 0};
        byte[] thirtyTwo = little(12, b -> b.putInt(1 << 30).putInt(-(1 << 30)).putInt(0));
        byte[] single = little(12, b -> b.putFloat(0.5f).putFloat(-0.5f).putFloat(0));
        byte[] twice = little(24, b -> b.putDouble(0.5).putDouble(-0.5).putDouble(0));

        assertThat(wide(1, 8, eight)).containsExactly(0.5f, -0.5f, 0f);
        assertThat(wide(1, 24, twentyFour)).containsExactly(0.5f, -0.5f, 0f);
        assertThat(wide(1, 32, thirtyTwo)).containsExactly(0.5f, -0.5f, 0f);
        assertThat(wide(3, 32, single)).containsExactly(0.5f, -0.5f, 0f);
        assertThat(wide(3, 64, twice)).containsExactly(0.5f, -0.5f, 0f);
    }

    private static float[] wide(int tag, int bits, byte[] data) throws Refused {
        byte[] plain =
                made(w -> {
                    w.tag = tag;
                    w.bits = bits;
                    w.data = data;
                });
        byte[] extensible =
                made(w -> {
                    w.tag = tag;
                    w.bits = bits;
                    w.data = data;
                    w.extensible = true;
                });
        assertThat(Wav.read(extensible).samples()).isEqualTo(Wav.read(plain).samples());
        return Wav.read(plain).samples();
    }

    @Test
    void theWidestValuesStayWithinOne() throws Refused {
        assertThat(wide(1, 24, new byte[] {0, 0, (byte) 0x80, -1, -1, 0x7F}))
                .containsExactly(-1f, 8_388_607 / 8_388_608f);
        assertThat(wide(3, 32, little(8, b -> b.putFloat(7).putFloat(Float.NEGATIVE_INFINITY))))
                .containsExactly(1f, -1f);
    }

    @Test
    void severalChannelsBecomeTheirMean() throws Refused {
        byte[] file =
                made(w -> {
                    w.channels = 2;
                    w.data = little(8, b -> b.putLong(0).putShort(0, (short) 16_384));
                });

        assertThat(Wav.read(file).samples()).containsExactly(0.25f, 0f);
    }

    @Test
    void otherChunksAreSkippedWithTheirPad() throws Refused {
        byte[] odd = {'L', 'I', 'S', 'T', 3, 0, 0, 0, 1, 2, 3, 0};

        assertThat(
                        Wav.read(
                                        made(w -> {
                                            w.before = odd;
                                            w.behind = odd;
                                        }))
                                .samples())
                .hasSize(2);
    }

    @Test
    void aFileWrittenIntoAPipeIsReadToItsEnd() throws Refused {
        byte[] file =
                made(w -> {
                    w.riffSize = 0xFFFF_FFFFL;
                    w.dataSize = 0xFFFF_FFFFL;
                });

        assertThat(Wav.read(file).samples()).hasSize(2);
    }

    @Test
    void rf64HasItsLengthInAChunkOfItsOwn() throws Refused {
        byte[] sizes =
                little(
                        36,
                        b ->
                                b.put(new byte[] {'d', 's', '6', '4'})
                                        .putInt(28)
                                        .putLong(0)
                                        .putLong(4)
                                        .putLong(2)
                                        .putInt(0));
        Consumer<Made> long64 =
                w -> {
                    w.form = "RF64";
                    w.riffSize = 0xFFFF_FFFFL;
                    w.dataSize = 0xFFFF_FFFFL;
                };
        byte[] good = made(long64.andThen(w -> w.before = sizes));
        byte[] tooLong = sizes.clone();
        tooLong[20] = 1; // 2^32 bytes and 4

        assertThat(Wav.read(good).samples()).hasSize(2);
        assertThat(refused(made(long64.andThen(w -> w.before = tooLong))))
                .hasMessageStartingWith("a chunk says that it has 4294967300 bytes");
        assertThat(refused(made(long64))).hasMessageStartingWith("a chunk says that it has -1");
    }

    @Test
    void aLongClipOfSixteenBitsIsReadToItsLastSample() throws Refused {
        int samples = 3 * 1024 + 5;
        byte[] data =
                little(
                        2 * samples,
                        b -> {
                            for (int i = 0; i < samples; i++) {
                                b.putShort((short) (37 * i));
                            }
                        });

        float[] read = Wav.read(made(w -> w.data = data)).samples();

        assertThat(read).hasSize(samples);
        for (int i = 0; i < samples; i++) {
            assertThat(read[i]).isEqualTo((short) (37 * i) / 32_768f);
        }
    }

    @Test
    void aHeaderThatLiesIsRefused() {
        assertThat(refused(made(w -> w.riffSize = 4000)))
                .hasMessage("the header says that 4000 bytes follow, there are 40");
        assertThat(refused(made(w -> w.riffSize = 20)).getMessage()).contains("there are 40");
        assertThat(refused(made(w -> w.dataSize = 400)))
                .hasMessage("a chunk says that it has 400 bytes, there are 4");
        assertThat(refused(made(w -> w.dataSize = 0x7FFF_FFFF)).getMessage())
                .contains("2147483647");
        assertThat(refused(made(w -> w.together = 4)).getMessage()).contains("contradicts itself");
        assertThat(refused(made(w -> w.byteRate = 1)).getMessage()).contains("contradicts itself");
        assertThat(refused(made(w -> w.data = new byte[3])))
                .hasMessage("3 bytes are no whole number of samples of 2 bytes");
    }

    @ParameterizedTest
    @CsvSource({"1,12", "1,0", "1,64", "3,16", "6,8", "2,4", "85,0", "65535,16"})
    void codingsThatAreNotReadAreNamed(int tag, int bits) {
        assertThat(
                        refused(
                                        made(w -> {
                                            w.tag = tag;
                                            w.bits = bits;
                                        }))
                                .getMessage())
                .startsWith("format %d of %d bits is not read here".formatted(tag, bits));
    }

    @Test
    void nonsenseIsRefusedInWords() {
        assertThat(refused(new byte[0])).hasMessage("0 bytes are no WAV file");
        assertThat(refused("OggS and some more bytes".getBytes(StandardCharsets.UTF_8)))
                .hasMessage("not a WAV file: it does not begin with RIFF");
        assertThat(refused(made(w -> w.data = new byte[0]))).hasMessage("there is no sample in it");
        assertThat(refused(made(w -> w.channels = 0)).getMessage()).startsWith("0 channels");
        assertThat(refused(made(w -> w.channels = 1000)).getMessage()).startsWith("1000 channels");
        assertThat(refused(made(w -> w.rate = 0)).getMessage()).startsWith("0 samples a second");
        assertThat(refused(made(w -> w.rate = -1)).getMessage()).startsWith("4294967295 samples");
        assertThat(
                        refused(
                                made(w -> {
                                    w.tag = 3;
                                    w.bits = 32;
                                    w.data = little(4, b -> b.putFloat(Float.NaN));
                                })))
                .hasMessage("sample 0 is no number");
        byte[] twice = {'d', 'a', 't', 'a', 2, 0, 0, 0, 1, 2};
        assertThat(refused(made(w -> w.behind = twice))).hasMessage("two data chunks");
        assertThat(refused(made(w -> w.before = twice)))
                .hasMessage("the data chunk comes before the fmt chunk");
        assertThat(refused(made(w -> w.behind = new byte[] {1, 2, 3})))
                .hasMessage("cut off in the head of a chunk");
    }

    @Test
    void everyFileThatIsCutOffIsRefused() {
        byte[] whole = made(w -> w.data = new byte[64]);
        for (int length = 0; length < whole.length; length++) {
            refused(Arrays.copyOf(whole, length));
        }
    }

    @Test
    void randomBytesAreReadOrRefusedAndNothingElse() {
        long seed = ThreadLocalRandom.current().nextLong();
        Random random = new Random(seed);
        byte[] good =
                made(w -> {
                    w.extensible = true;
                    w.data = new byte[48];
                });
        for (int i = 0; i < 50_000; i++) {
            byte[] file = good.clone();
            for (int changes = random.nextInt(5); changes >= 0; changes--) {
                file[random.nextInt(file.length)] = (byte) random.nextInt(256);
            }
            try {
                for (float sample : Wav.read(file).samples()) {
                    assertThat(sample).isCloseTo(0f, within(1f));
                }
            } catch (Refused refused) {
                assertThat(refused.reason()).isEqualTo(Refusal.TASK_BAD_INPUT);
            } catch (RuntimeException bug) {
                throw new AssertionError("seed " + seed + ", round " + i, bug);
            }
        }
    }
}
