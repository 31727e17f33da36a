package headers

import "testing"

func TestForwarded(t *testing.T) {
	for _, c := range []struct{ name, field, fors, proto string }{
		{"nothing", "", "", ""},
		{"one proxy", "for=203.0.113.7;proto=https", "203.0.113.7", "https"},
		{"the scheme is what the last proxy was asked by", "for=203.0.113.7;proto=https, for=10.0.0.2;proto=http", "203.0.113.7,10.0.0.2", "http"},
		{"the last proxy tells no scheme", "for=203.0.113.7;proto=https, for=10.0.0.2", "203.0.113.7,10.0.0.2", ""},
		{"a proxy that names nobody", "proto=http", "unknown", "http"},
		{"capitals", "For=203.0.113.7;PROTO=HTTPS", "203.0.113.7", "HTTPS"},
		{"an IPv6 address in quotes", `for="[2001:db8::7]:4711"`, "[2001:db8::7]:4711", ""},
		{"a comma in a quoted host", `for=203.0.113.7;host="a,for=198.51.100.1"`, "203.0.113.7", ""},
		{"an escaped quote", `for=203.0.113.7;host="a\",for=198.51.100.1"`, "203.0.113.7", ""},
		{"another scheme", "for=203.0.113.7;proto=gopher", "203.0.113.7", ""},
	} {
		if fors, proto := Forwarded(c.field); fors != c.fors || proto != c.proto {
			t.Errorf("%s: %q: %q and %q, want %q and %q", c.name, c.field, fors, proto, c.fors, c.proto)
		}
	}
}
