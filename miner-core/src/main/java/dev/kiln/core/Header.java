package dev.kiln.core;

/// One header field as it came or goes; a message may carry the same name more than once.
public record Header(String name, String value) {}
