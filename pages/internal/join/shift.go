package join

import "hash/crc32"

// A shift turns the CRC-32 of a text into its part of the CRC-32 of a longer one: of the
// text with some number of bytes after it. With it, the checksum of a page (RFC 1952 §2.3.1)
// follows from those of its parts, which need not be read for it.
//
// The CRC is a polynomial over GF(2) modulo the one of RFC 1952 §8, its bits in reverse
// order: the highest is the coefficient of x⁰. To put n bytes after a text is to multiply
// with x⁸ⁿ. A shift holds x⁸ⁿ times each value of four bits.
type shift [16]uint32

// shiftOf returns the shift past n bytes.
func shiftOf(n int) (s shift) {
	power, square := uint32(1)<<31, uint32(1)<<23 // x⁰, x⁸
	for ; n > 0; n >>= 1 {
		if n&1 != 0 {
			power = product(power, square)
		}
		square = product(square, square)
	}
	for i := range s {
		s[i] = product(power, uint32(i)<<28)
	}
	return s
}

// over is the part of a CRC, four bits after four bits from the highest power down.
func (s *shift) over(crc uint32) uint32 {
	var sum uint32
	for range 8 {
		sum = sum>>4 ^ fold[sum&15] ^ s[crc&15]
		crc >>= 4
	}
	return sum
}

// fold is what four bits become that are shifted out.
var fold = func() (t [16]uint32) {
	for i := range t {
		t[i] = product(1<<27, uint32(i)) // x⁴
	}
	return t
}()

// product multiplies two polynomials.
func product(a, b uint32) uint32 {
	var p uint32
	for i := 31; i >= 0; i-- {
		p ^= b & -(a >> i & 1)
		b = b>>1 ^ crc32.IEEE&-(b&1)
	}
	return p
}
