package dev.kiln.server.cli;

import dev.kiln.natives.ClockOffset;
import dev.kiln.server.config.Config;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The clock, the port, who can reach it, and how the chain learns of it.
final class DoctorNet {
    private static final Instant NOT_BEFORE =
            LocalDate.of(2026, 1, 1).atStartOfDay(ZoneOffset.UTC).toInstant();
    private static final Duration CONNECT_AT_MOST = Duration.ofMillis(1500);

    private final Config config;

    DoctorNet(Config config) {
        this.config = config;
    }

    Finding clock() throws InterruptedException {
        return clock(Instant.now(), ClockOffset.known());
    }

    /// An offset near the skew that requests may have makes honest calls fail.
    static Finding clock(Instant now, Optional<ClockOffset> offset) {
        if (!now.isAfter(NOT_BEFORE)) {
            return Finding.fail(
                    "clock",
                    now.toString(),
                    "set the clock: validators refuse answers from the past; timedatectl set-ntp true");
        }
        if (offset.isEmpty()) {
            return Finding.ok(
                    "clock",
                    now
                            + ", offset unknown: no chrony, ntpd or timesyncd answers here; kiln_callers_age_seconds in /metrics tells it from traffic");
        }
        ClockOffset known = offset.get();
        String fact =
                "%s, offset %d ms by %s".formatted(now, known.offset().toMillis(), known.source());
        return known.offset().abs().toMillis() <= 500
                ? Finding.ok("clock", fact)
                : Finding.fail(
                        "clock",
                        fact,
                        "timedatectl set-ntp true, or: chronyc makestep; see auth.skew");
    }

    Finding port() {
        String at = config.server().host() + ":" + config.server().port();
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(
                    new InetSocketAddress(
                            InetAddress.getByName(config.server().host()), config.server().port()));
            return Finding.ok("port", at + " is free");
        } catch (IOException e) {
            return Finding.warn(
                    "port",
                    "%s: %s".formatted(at, e.getMessage()),
                    "stop what listens there, or serve with --port N");
        }
    }

    /// Whether validators can reach it: they come by IPv4, to the address that the chain knows.
    List<Finding> reach() {
        List<Finding> found = new ArrayList<>();
        String host = config.server().host();
        if (host.equals("127.0.0.1") || host.equals("localhost") || host.equals("::1")) {
            found.add(
                    Finding.ok(
                            "reach",
                            "listens on this machine alone; validators need --set server.host=0.0.0.0"));
            return found;
        }
        Optional<String> announced = config.server().publicAddress();
        if (announced.isEmpty()) {
            found.add(
                    Finding.warn(
                            "reach",
                            "IPv4 here: %s; no public address is configured"
                                    .formatted(String.join(", ", addresses())),
                            "set server.public to host:port as callers see it, and run doctor again"));
            return found;
        }
        found.add(reach(announced.get()));
        return found;
    }

    private static Finding reach(String announced) {
        int colon = announced.lastIndexOf(':');
        String host = announced.substring(0, colon);
        int port = Integer.parseInt(announced.substring(colon + 1));
        try {
            InetAddress address = ipv4(host);
            if (address.isSiteLocalAddress()
                    || address.isLoopbackAddress()
                    || isDocumentation(address)) {
                return Finding.warn(
                        "reach",
                        "%s is %s, which no validator can reach"
                                .formatted(announced, address.getHostAddress()),
                        "set server.public to the address and port that your provider maps to this machine");
            }
            try (var socket = new Socket()) {
                socket.connect(
                        new InetSocketAddress(address, port), (int) CONNECT_AT_MOST.toMillis());
                return Finding.ok(
                        "reach",
                        announced
                                + " answers from here over IPv4; try it from another machine too: curl http://%s/livez"
                                        .formatted(announced));
            }
        } catch (IOException e) {
            return Finding.warn(
                    "reach",
                    "%s does not answer over IPv4 from here: %s"
                            .formatted(announced, e.getMessage()),
                    "start the server, open the port in the firewall and at the provider, then from another machine: curl http://%s/livez"
                            .formatted(announced));
        }
    }

    private static InetAddress ipv4(String host) throws IOException {
        for (InetAddress address : InetAddress.getAllByName(host)) {
            if (address instanceof Inet4Address) {
                return address;
            }
        }
        throw new IOException(host + " has no IPv4 address");
    }

    /// 192.0.2.0/24, 198.51.100.0/24 and 203.0.113.0/24 stand in examples and nowhere else.
    private static boolean isDocumentation(InetAddress address) {
        String text = address.getHostAddress();
        return text.startsWith("192.0.2.")
                || text.startsWith("198.51.100.")
                || text.startsWith("203.0.113.");
    }

    private static List<String> addresses() {
        try {
            return NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(address ->
                            address instanceof Inet4Address && !address.isLoopbackAddress())
                    .map(InetAddress::getHostAddress)
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /// The line that puts this miner's address on the chain, in capitals what only its owner knows.
    Finding announce() {
        return Finding.ok("announce", announce(addresses()));
    }

    String announce(List<String> here) {
        Optional<String> announced = config.server().publicAddress();
        String host =
                announced
                        .map(at -> at.substring(0, at.lastIndexOf(':')))
                        .or(() -> here.stream().filter(DoctorNet::isPublic).findFirst())
                        .orElse("IPV4");
        String port =
                announced
                        .map(at -> at.substring(at.lastIndexOf(':') + 1))
                        .orElse(Integer.toString(config.server().port()));
        // A keyfile of a wallet lies in WALLET/hotkeys/HOTKEY.
        Optional<Path> keyfile =
                config.identity()
                        .hotkey()
                        .map(Path::toAbsolutePath)
                        .filter(path -> path.getNameCount() > 2 && inHotkeys(path));
        String wallet =
                keyfile.map(path -> path.getName(path.getNameCount() - 3).toString())
                        .orElse("WALLET");
        String hotkey =
                keyfile.map(path -> path.getName(path.getNameCount() - 1).toString())
                        .orElse("HOTKEY");
        return "btcli axon set --netuid NETUID --ip %s --port %s --wallet %s --wallet-hotkey %s --network finney"
                .formatted(host, port, wallet, hotkey);
    }

    private static boolean inHotkeys(Path path) {
        return path.getName(path.getNameCount() - 2).toString().equals("hotkeys");
    }

    private static boolean isPublic(String ipv4) {
        try {
            InetAddress address = InetAddress.getByName(ipv4);
            return !address.isSiteLocalAddress()
                    && !address.isLinkLocalAddress()
                    && !isDocumentation(address);
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
