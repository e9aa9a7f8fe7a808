package dev.kiln.bittensor.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.kiln.bittensor.wire.BadAnswer.Fault;
import dev.kiln.core.Roster;
import dev.kiln.core.Scheme;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExchangeTest {
    private static Exchange exchange() {
        var clock = new HandClock(Cast.NOON);
        SignedRequest request = Cast.signed(Cast.ALICE_ED, clock);
        var question =
                new KilnAnswer.Question(
                        request.sender(),
                        Roster.Sees.FULL,
                        request.digest(),
                        request.nonce(),
                        clock.tick());
        var headers =
                new KilnAnswer(Cast.BOB_ED, clock)
                        .to(question)
                        .seal(200, KilnAnswerTest.ANSWER, KilnAnswerTest.ASSERTED);
        return new Exchange(
                "POST",
                Cast.TARGET,
                request.headers(),
                Cast.BODY,
                new Answer(
                        200,
                        Cast.and(headers, "content-type", "application/json"),
                        KilnAnswerTest.ANSWER),
                Cast.NOON + 1,
                Cast.BOB_ED.hotkey(),
                Scheme.ED25519);
    }

    @Test
    void aSavedExchangeIsCheckedLaterWithTheSameResult() throws BadAnswer {
        Exchange read = Exchange.parse(exchange().toJson());

        assertThat(read.check()).isEqualTo(exchange().check());
        assertThat(read.toJson()).isEqualTo(exchange().toJson());
    }

    @Test
    void aChangedRequestIsAnotherRequest() {
        String json =
                exchange().toJson().replace("/generate?stream=false", "/generate?stream=true");

        var bad = catchThrowableOfType(BadAnswer.class, () -> Exchange.parse(json).check());

        assertThat(bad.fault()).isEqualTo(Fault.REQUEST_MISMATCH);
    }

    @Test
    void headersThatCameTwiceStayTwo() {
        Exchange once = exchange();
        var twice =
                new Exchange(
                        once.method(),
                        once.target(),
                        once.requestHeaders(),
                        once.requestBody(),
                        new Answer(
                                200,
                                Cast.and(once.answer().headers(), Btauth.VERSION, "1"),
                                once.answer().body()),
                        once.receivedEpochNanos(),
                        once.miner(),
                        once.scheme());

        var bad =
                catchThrowableOfType(BadAnswer.class, () -> Exchange.parse(twice.toJson()).check());

        assertThat(bad.fault()).isEqualTo(Fault.DUPLICATE_HEADER);
    }

    @Test
    void textThatIsNoExchangeIsRefusedWithAReason() {
        String good = exchange().toJson();
        for (String bad :
                List.of(
                        "",
                        "{",
                        "null",
                        "[]",
                        "{}",
                        good.replace("\"miner\"", "\"minor\""),
                        good.replace("\"ed25519\"", "\"rsa\""),
                        good.replace("\"status\" : 200", "\"status\" : \"200\""),
                        good.replaceAll("\"body_base64\" : \"[^\"]*\"", "\"body_base64\" : \"*\""),
                        good.replace("\"now_ns\" : \"", "\"now_ns\" : \"x"))) {
            assertThatThrownBy(() -> Exchange.parse(bad).check())
                    .as(bad)
                    .isInstanceOf(IllegalArgumentException.class)
                    .message()
                    .isNotBlank();
        }
    }
}
