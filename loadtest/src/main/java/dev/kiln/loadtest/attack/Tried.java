package dev.kiln.loadtest.attack;

/// An attack that was tried.
///
/// @param good whether the target did what it must
/// @param millis how long it took
public record Tried(Case attack, Outcome outcome, boolean good, double millis) {}
