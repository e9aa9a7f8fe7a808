package dev.kiln.server.config;

import dev.kiln.bittensor.wire.HashFields;
import dev.kiln.core.BatchPolicy;
import dev.kiln.core.Patience;
import dev.kiln.core.Route.AnswerShape;
import dev.kiln.core.Sharing;
import dev.kiln.server.task.SynapseEmbeddingsTask;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Everything that can be configured, with its units resolved. `kiln.yaml` at the root of the project lists every key.
///
/// @param routes every path that answers calls, those of synapses last
/// @param drainGrace how long the server still serves after it was told to stop and said it is not ready
public record Config(
        Server server,
        Identity identity,
        Folders folders,
        Auth auth,
        HttpLimits http,
        CallLimits calls,
        Duration drainGrace,
        List<Model> models,
        List<RouteEntry> routes) {

    /// Where the server listens.
    ///
    /// @param port 0 picks a free one
    /// @param publicAddress `host:port` by which callers reach it; shown in the ready line
    public record Server(String host, int port, Optional<String> publicAddress, Admin admin) {}

    /// Where the operator's own commands reach the server; never the callers' port.
    ///
    /// @param enabled whether there is such a port at all
    /// @param port 0 picks a free one, which a file in the state folder names
    /// @param token a file with the token; empty means one in the state folder, made at the first start
    public record Admin(boolean enabled, String host, int port, Optional<Path> token) {}

    /// Who the miner is and whom it knows. Secrets are paths, never values.
    ///
    /// @param hotkey a Bittensor keyfile; empty means a development hotkey in the home folder
    /// @param hotkeyPassword a file that holds the password of an encrypted keyfile
    /// @param hotkeyGrace how long the old key is still answered for after the keyfile has changed
    /// @param roster the list of permitted callers; empty means one development caller
    /// @param rosterMaxAge refuse everybody once the roster's file is older; empty means never
    /// @param apiKeys a file of API keys; empty means none are accepted
    public record Identity(
            Optional<Path> hotkey,
            Optional<Path> hotkeyPassword,
            Duration hotkeyGrace,
            Optional<Path> roster,
            Optional<Duration> rosterMaxAge,
            Optional<Path> apiKeys) {}

    /// Where files are kept.
    ///
    /// @param state what must survive a restart; empty means in the home folder
    /// @param cache what can be made again; empty means in the home folder
    /// @param capacity a file that a search for capacity wrote; empty tells callers nothing of it
    public record Folders(Optional<Path> state, Optional<Path> cache, Optional<Path> capacity) {}

    /// How long a signed request stays valid and who is welcome.
    ///
    /// @param maxAge oldest nonce that is accepted
    /// @param skew how far a nonce may lie in the future
    /// @param axonMaxAge how far an axon caller's own timeout may widen that
    /// @param minStake least stake of a welcome caller, in TAO
    /// @param shared where boxes behind the same hotkey share used nonces; empty means this box is alone
    public record Auth(
            Duration maxAge,
            Duration skew,
            Duration axonMaxAge,
            double minStake,
            Optional<Shared> shared) {
        /// The oldest nonce that anybody can have accepted.
        public Duration longestAge() {
            return axonMaxAge.compareTo(maxAge) > 0 ? axonMaxAge : maxAge;
        }
    }

    /// A Redis that several boxes share.
    ///
    /// @param redis `host:port`
    /// @param password a file that holds its password in one line
    /// @param timeout longest wait for it
    public record Shared(String redis, Optional<Path> password, Duration timeout) {}

    /// Bounds on connections and what comes over them.
    ///
    /// @param headerSize request line and headers, bytes each
    /// @param bodySize largest body, bytes
    /// @param bodyTime longest time for a whole body to arrive
    /// @param readTime longest time without a byte of a reply being read
    /// @param idleTime longest time without a complete request head, or for a whole reply to be read
    /// @param bodies bytes of all bodies held at once
    /// @param unreadReplies bytes of all replies held at once that clients have yet to read
    /// @param connections open at once
    /// @param refusals how many replies say no
    public record HttpLimits(
            int headerSize,
            int bodySize,
            Duration bodyTime,
            Duration readTime,
            Duration idleTime,
            int bodies,
            int unreadReplies,
            int connections,
            Refusals refusals) {}

    /// Bounds on replies that say no; what is beyond waits a while.
    ///
    /// @param perSecond to senders who are not proved, in all
    /// @param perCaller a second, to one caller
    /// @param perCore a second and core, to all callers
    public record Refusals(int perSecond, int perCaller, int perCore) {}

    /// Bounds on calls.
    ///
    /// @param calls inside at once
    /// @param callsPerCaller inside at once for one caller
    /// @param ratePerCaller calls a second of one caller; empty means unbounded
    /// @param verifications signatures checked at once
    /// @param verificationsQueued requests that may wait to be checked
    /// @param lanes bounds on one model's work
    /// @param texts texts, images or files in one call
    /// @param textChars characters of one text
    /// @param streams what is kept between the pieces of streams
    public record CallLimits(
            int calls,
            int callsPerCaller,
            Optional<Double> ratePerCaller,
            int verifications,
            int verificationsQueued,
            Lanes lanes,
            int texts,
            int textChars,
            Streams streams) {}

    /// Bounds on one model's work.
    ///
    /// @param queuedCost cost of all items that may wait for it, in its own unit
    /// @param fallbackCost the same while another device computes than was promised
    /// @param queuedWork predicted time until all that waits is done
    /// @param hungRun a run of its engine is not said to hang before this
    /// @param proveEvery how often the model that answers has to prove itself
    /// @param scheduling how callers share its time
    public record Lanes(
            int queuedCost,
            int fallbackCost,
            Duration queuedWork,
            Duration hungRun,
            Duration proveEvery,
            Scheduling scheduling) {}

    /// How callers share a device's time; see [Sharing].
    public record Scheduling(Sharing.Policy policy, double floor, double apiKeyWeight) {}

    /// Bounds on streams.
    ///
    /// @param all open at once
    /// @param perCaller open at once, of one caller
    /// @param idle how long one is kept without a piece
    public record Streams(int all, int perCaller, Duration idle) {}

    /// One model.
    ///
    /// @param name the name it is served under
    /// @param source `embedded:minilm`, `catalog:NAME`, or the path of a folder with a `model.yaml`
    /// @param maxTokens texts are cut here
    /// @param device `cpu`, `cuda` or `cuda:N`, or `auto` for the best that can be proved
    /// @param requireGpu whether it is served on a GPU or not at all
    /// @param engineThreads loops that run it
    public record Model(
            String name,
            String source,
            int maxTokens,
            String device,
            boolean requireGpu,
            int engineThreads,
            BatchPolicy batch) {}

    /// One path.
    ///
    /// @param model the only model this path serves; empty means all
    /// @param deadline longest time from arrival to answer
    /// @param patience where callers say that they wait less, and what becomes of what takes longer
    /// @param requireReceiver whether a request must be signed for this very miner
    /// @param answers how answers are signed
    /// @param synapse what its body is like, where it is not OpenAI's; such a path takes the axon dialect too
    public record RouteEntry(
            String path,
            String task,
            Optional<String> model,
            Duration deadline,
            Patience patience,
            boolean requireReceiver,
            AnswerShape answers,
            Optional<Synapse> synapse) {}

    /// How a subnet calls a synapse's class and fields.
    ///
    /// @param texts the request's field of texts
    /// @param embeddings the answer's field of vectors
    /// @param stream how the answer goes out
    /// @param hashFields those that the caller's signature covers
    /// @param allowStepBack whether callers that have come with `btauth/1` may come with axon again
    public record Synapse(
            String name,
            String texts,
            String embeddings,
            SynapseEmbeddingsTask.Form stream,
            HashFields hashFields,
            boolean allowStepBack) {}
}
