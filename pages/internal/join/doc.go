// Package join makes pages of pieces that are ready: constant text, as it is and compressed,
// with holes between the pieces where the values of one answer stand.
//
// A page is rendered once with a [Mark] in the place of each value, and cut at the marks: that
// gives a [Template], which a [Store] keeps. [Template.Join] then writes a page in one pass.
package join
