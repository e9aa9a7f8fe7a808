package dev.kiln.server;

import dev.kiln.bittensor.keys.Wallets;
import dev.kiln.core.model.ModelInfo;
import dev.kiln.natives.Gently;
import dev.kiln.natives.WholeSlices;
import dev.kiln.server.cli.Exit;
import dev.kiln.server.cli.Serving;
import dev.kiln.server.config.Config;
import dev.kiln.server.config.ConfigException;
import dev.kiln.server.config.ConfigSource;
import dev.kiln.server.config.Home;
import java.util.Locale;

/// The life of a serving process: start, one line when ready, a signal, drain, exit code.
final class Serve implements Serving {
    private static final System.Logger LOG = System.getLogger(Serve.class.getName());

    @Override
    public int run(ConfigSource source, Home home) {
        OneLine.install();
        WholeSlices.fromHere();
        Signals signals = Signals.listen();
        long began = System.nanoTime();
        try {
            Config config = source.read().config();
            NoColdkey.require(Wallets.of(System.getenv()), config.identity().hotkey());
            Miner miner = Miner.start(source, home);
            signals.onHangUp(miner::hangUp);
            miner.awaitReady();
            Gently.compile();
            announce(miner, config, (System.nanoTime() - began) / 1_000_000);
            signals.await();
            LOG.log(System.Logger.Level.INFO, "draining");
            boolean clean = miner.drain();
            LOG.log(System.Logger.Level.INFO, clean ? "stopped" : "stopped, not cleanly");
            return clean ? Exit.OK : Exit.FAILED;
        } catch (ConfigException e) {
            System.err.println(e.told("nothing was started"));
            return Exit.USAGE;
        } catch (StartFailed e) {
            System.err.println(e.getMessage());
            return Exit.FAILED;
        } catch (InterruptedException _) {
            return Exit.FAILED;
        }
    }

    private static void announce(Miner miner, Config config, long tookMillis) {
        String url = url(config, miner.port());
        StringBuilder line =
                new StringBuilder(
                        "ready %s hotkey %s".formatted(url, miner.who().miner().hotkey()));
        for (ModelInfo model : miner.models()) {
            line.append(" model ").append(model.name()).append('@').append(model.sha256());
        }
        System.out.println(line);
        System.out.flush();
        LOG.log(System.Logger.Level.INFO, "ready after %d ms".formatted(tookMillis));
        miner.who()
                .validator()
                .ifPresent(file ->
                        System.err.printf(
                                Locale.ROOT,
                                "development caller: %s%ntry: ./kiln call %s \"a text\" --key %s --miner %s%n",
                                file,
                                url,
                                file,
                                miner.who().miner().hotkey()));
    }

    private static String url(Config config, int port) {
        if (config.server().publicAddress().isPresent()) {
            return "http://" + config.server().publicAddress().get();
        }
        String host = config.server().host();
        if (host.equals("0.0.0.0") || host.equals("::")) {
            host = "127.0.0.1";
        }
        return "http://%s:%d".formatted(host.contains(":") ? "[" + host + "]" : host, port);
    }
}
