// Bits to which distances are cut where they only decide who belongs together and how finely to step: their squares add up in a word.
const coarse_bits = 14u;
