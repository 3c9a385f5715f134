//! Keystrokes in, effects and screens out.
