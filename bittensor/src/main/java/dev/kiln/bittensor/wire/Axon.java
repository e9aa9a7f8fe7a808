package dev.kiln.bittensor.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.kiln.core.Header;
import dev.kiln.core.Hotkey;
import dev.kiln.core.RequestHead;

/// The words of the axon dialect, which Dendrites of SDK 10 and older speak: header names and the exact bytes that are
/// signed.
public final class Axon {
    /// The name routes use for this dialect.
    public static final String NAME = "axon";

    /// What the dialect's own headers begin with, compared without case.
    public static final String PREFIX = "bt_header_";

    /// The status that a Dendrite reads, whatever HTTP says.
    public static final String STATUS_CODE = "bt_header_axon_status_code";

    /// The status in words.
    public static final String STATUS_MESSAGE = "bt_header_axon_status_message";

    static final String PROCESS_TIME = "bt_header_axon_process_time";
    static final String AXON_IP = "bt_header_axon_ip";
    static final String AXON_PORT = "bt_header_axon_port";
    static final String AXON_HOTKEY = "bt_header_axon_hotkey";
    static final String IP = "bt_header_dendrite_ip";
    static final String VERSION = "bt_header_dendrite_version";
    static final String NONCE = "bt_header_dendrite_nonce";
    static final String UUID = "bt_header_dendrite_uuid";
    static final String HOTKEY = "bt_header_dendrite_hotkey";
    static final String SIGNATURE = "bt_header_dendrite_signature";
    static final String INPUT = "bt_header_input_obj_";
    static final String SYNAPSE = "name";
    static final String TIMEOUT = "timeout";
    static final String HEADER_SIZE = "header_size";
    static final String TOTAL_SIZE = "total_size";
    static final String BODY_HASH = "computed_body_hash";

    private Axon() {}

    /// Whether a request speaks this dialect, well or badly.
    public static boolean speaks(RequestHead head) {
        return head.headers().stream().anyMatch(Axon::marks);
    }

    static boolean marks(Header header) {
        return header.name().regionMatches(true, 0, PREFIX, 0, PREFIX.length());
    }

    /// One request as it is signed and as an answer is bound to it.
    ///
    /// @param nonce nanoseconds since 1970 on the sender's clock
    /// @param receiver the verifier's own hotkey, whatever the request says
    /// @param bodyHash 64 lower-case hex digits over the hash fields, not over the body
    /// @param timeout the header's value as sent, empty where there is none
    record Message(
            String method,
            String target,
            long nonce,
            Hotkey sender,
            Hotkey receiver,
            String uuid,
            String bodyHash,
            String timeout) {
        /// What is signed: neither method, nor target, nor body, nor timeout.
        String signed() {
            return String.join(
                    ".", Long.toString(nonce), sender.ss58(), receiver.ss58(), uuid, bodyHash);
        }

        /// What an answer is bound to, without a newline at the end.
        byte[] bound(byte[] body) {
            return String.join(
                            "\n",
                            NAME,
                            method,
                            target,
                            Digests.sha256Hex(body),
                            TIMEOUT + ":" + timeout,
                            BODY_HASH + ":" + bodyHash,
                            signed())
                    .getBytes(UTF_8);
        }
    }
}
