package dev.kiln.server.http;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOutboundBuffer;
import io.vertx.core.Future;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// One client's connection and what is being waited for on it. Confined to the event loop.
final class Connection {
    private enum Phase {
        /// The client, to send a complete request head or to read what we wrote.
        CLIENT,
        /// The client, to send the rest of a body.
        BODY,
        /// An answer of ours; bounded by its deadline, not here.
        ANSWER,
        /// A refusal of ours to a proved caller that is held back for a moment.
        HELD,
        /// The same to somebody unknown.
        TARPIT
    }

    private final HttpConnection http;
    private final Connections all;
    private final Backlog backlog = new Backlog();
    private final ReadSize readSize = new ReadSize();
    private Phase phase = Phase.CLIENT;
    private long sinceTick;
    private @Nullable Exchange current;
    private @Nullable Runnable onSlowBody;

    Connection(HttpConnection http, Connections all, long nowTick) {
        this.http = http;
        this.all = all;
        this.sinceTick = nowTick;
        if (http instanceof ConnectionBase connection) {
            connection.channelHandlerContext().channel().config().setRecvByteBufAllocator(readSize);
        }
    }

    HttpConnection http() {
        return http;
    }

    /// What the client has yet to read.
    Backlog backlog() {
        return backlog;
    }

    /// Counts what is being written to the client.
    ///
    /// @param taken done once the network has taken all of it, or the client is gone
    void sending(int bytes, Future<Void> taken) {
        all.sending(this, bytes, taken);
    }

    /// Whether the client has read nothing for too long, although there is something to read.
    boolean stuck(long nowTick, long patienceNanos) {
        ChannelOutboundBuffer queue =
                http instanceof ConnectionBase connection
                        ? connection.channelHandlerContext().channel().unsafe().outboundBuffer()
                        : null;
        return backlog.stuck(queue == null ? 0 : queue.currentProgress(), nowTick, patienceNanos);
    }

    /// An answer to this exchange is being made.
    void answering(Exchange exchange, long nowTick) {
        current = exchange;
        enter(Phase.ANSWER, nowTick);
    }

    /// @param declared the body's length; -1 for a chunked one
    /// @param slow run once if the body takes too long
    void awaitBody(Exchange exchange, long declared, long nowTick, Runnable slow) {
        current = exchange;
        enter(Phase.BODY, nowTick);
        onSlowBody = slow;
        readSize.expectBody(declared);
    }

    /// A piece of the body that is awaited has come.
    void bodyCame(int bytes, boolean chunked) {
        readSize.came(bytes, chunked);
    }

    /// The reply to this exchange, a caller's, is held back for a while.
    void holdBack(Exchange exchange, long nowTick) {
        current = exchange;
        enter(Phase.HELD, nowTick);
    }

    /// The same of a stranger's.
    void holdBackStranger(Exchange exchange, long nowTick) {
        current = exchange;
        enter(Phase.TARPIT, nowTick);
    }

    /// The reply to this exchange is being written, or was; a pipelined request may have begun since.
    void awaitClient(Exchange exchange, long nowTick) {
        if (current == exchange) {
            enter(Phase.CLIENT, nowTick);
        }
    }

    /// Ends what has waited too long.
    void sweep(long nowTick, long bodyNanos, long idleNanos) {
        long waited = nowTick - sinceTick;
        switch (phase) {
            case CLIENT -> {
                if (waited > idleNanos) {
                    cut();
                }
            }
            case BODY -> {
                Runnable slow = onSlowBody;
                if (waited > bodyNanos && slow != null) {
                    onSlowBody = null;
                    slow.run();
                }
            }
            case ANSWER, HELD, TARPIT -> {}
        }
    }

    /// How long the client has been waited for; empty while it waits for us. Half a body proves nothing: its sender can
    /// name any caller. A stranger whose refusal is held back comes before all others.
    OptionalLong waitedNanos(long nowTick) {
        return switch (phase) {
            case CLIENT, BODY, HELD -> OptionalLong.of(nowTick - sinceTick);
            case TARPIT -> OptionalLong.of(Long.MAX_VALUE);
            case ANSWER -> OptionalLong.empty();
        };
    }

    /// Ends the connection at once. An ordinary close waits until what was written has been read, which a client that
    /// does not read would put off for ever.
    void cut() {
        if (http instanceof ConnectionBase connection) {
            ChannelFuture _ = connection.channelHandlerContext().close();
        } else {
            http.close();
        }
    }

    private void enter(Phase next, long nowTick) {
        phase = next;
        sinceTick = nowTick;
        onSlowBody = null;
        readSize.expectHead();
    }
}
