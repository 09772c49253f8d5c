// Okabe and Ito's colours, which colour-blind readers tell apart, in an order that keeps neighbours far apart; their
// yellow, too pale for lines on white, is grey here.
export const colours = [
  "#000000",
  "#0072B2",
  "#D55E00",
  "#009E73",
  "#E69F00",
  "#56B4E9",
  "#CC79A7",
  "#999999",
];
