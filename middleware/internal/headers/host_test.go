package headers

import (
	"crypto/tls"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestHostname(t *testing.T) {
	for host, want := range map[string]string{
		"shop.example.com": "shop.example.com", "Shop.Example.COM:8080": "shop.example.com", "shop.example.com.": "shop.example.com",
		"shop.example.com.:443": "shop.example.com", "[::1]:8080": "::1", "[::1]": "[::1]", "127.0.0.1:80": "127.0.0.1", "": "", "a:b:c": "a:b:c",
	} {
		if got := Hostname(host); got != want {
			t.Errorf("%q: %q, want %q", host, got, want)
		}
	}
}

func TestShownHost(t *testing.T) {
	long := strings.Repeat("a", maxHost)
	for host, want := range map[string]string{
		"shop.example.com:8080": "shop.example.com:8080", "[::1]:8080": "[::1]:8080", "my_shop": "my_shop", long: long, long + "a": "",
		"<b>": "", "a b": "", "a/b": "", "käse.example": "", "a\nb": "", "": "",
	} {
		if got := ShownHost(host); got != want {
			t.Errorf("%q: %q, want %q", host, got, want)
		}
	}
}

func TestIsSecure(t *testing.T) {
	for _, c := range []struct {
		name, host, scheme string
		tls                *tls.ConnectionState
		want               bool
	}{
		{"TLS", "shop.example.com", "", &tls.ConnectionState{}, true},
		{"a trusted proxy says https", "shop.example.com", "https", nil, true},
		{"plain http", "shop.example.com", "", nil, false},
		{"this machine by its name", "localhost:8080", "", nil, true},
		{"a name of this machine", "shop.localhost", "", nil, true},
		{"this machine by IPv4", "127.0.0.1:8080", "", nil, true},
		{"this machine by IPv6", "[::1]:8080", "", nil, true},
		{"a name that begins like an address of this machine", "127.example.com", "", nil, false},
		{"another address", "192.0.2.1", "", nil, false},
		{"a name that ends like this machine", "notlocalhost", "", nil, false},
	} {
		if got := IsSecure(&http.Request{Host: c.host, URL: &url.URL{Scheme: c.scheme}, TLS: c.tls}); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
