package exporttest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

var httpd = server{
	name:     "httpd",
	binaries: []string{"apache2", "httpd"},
	dead:     503,
	silent:   502,
	direct:   true,
	command: func(binary, config, work string) []string {
		return []string{binary, "-d", work, "-f", config, "-DFOREGROUND"}
	},
	config: func(c setting) string {
		return fmt.Sprintf(`
%[1]s
ServerName shop.example
Listen %[2]s
PidFile %[3]s/pid
ErrorLog "%[3]s/error.log"
TypesConfig /dev/null
Mutex sem
%[4]s
ProxyTimeout 1
<VirtualHost *>
	ProxyPass "/rule" "!"
	Redirect 413 "/rule/big"
	Redirect 431 "/rule/head"
	Redirect 500 "/rule/broken"
	Header always set Content-Security-Policy "default-src 'self'"
	Include %[5]s
	ProxyPass "/dead" "http://%[6]s/dead"
	ProxyPass "/silent" "http://%[7]s/silent"
	ProxyPass "/" "http://%[8]s/"
</VirtualHost>
`, httpdModules(), c.address, c.work, httpdUser(), snippet("httpd.conf"), c.up.dead, c.up.silent, c.up.site)
	},
	cases: []exchange{
		// By a rule: Apache 2.4 does not hold what it passes on against LimitRequestBody.
		{"a body that is too big", "POST", "/rule/big", []string{"Accept-Language", "es"}, "x", 413, "es"},
		{"a head that a rule does not like", "", "/rule/head", []string{"Accept-Language", "es"}, "", 431, "es"},
		{"a fault of its own", "", "/rule/broken", []string{"Accept-Language", "fr"}, "", 500, "fr"},
		{"a head that is too big", "", "/fine", []string{"Cookie", strings.Repeat("x", 20<<10)}, "", 400, "de"},
		{"a weight decides", "", "/dead", []string{"Accept-Language", "fr;q=0.3, es;q=0.8"}, "", 503, "es"},
	},
}

// httpdModules loads what is not built in.
func httpdModules() string {
	var b strings.Builder
	for _, name := range []string{"mpm_event", "authz_core", "alias", "headers", "mime", "negotiation", "proxy", "proxy_http"} {
		for _, dir := range []string{"/usr/lib/apache2/modules", "/usr/lib64/httpd/modules"} {
			path := filepath.Join(dir, "mod_"+name+".so")
			if _, err := os.Stat(path); err == nil {
				fmt.Fprintf(&b, "LoadModule %s_module %s\n", name, path)
			}
		}
	}
	return b.String()
}

// httpdUser is for a server started by root, which wants to be somebody else.
func httpdUser() string {
	if os.Getuid() != 0 {
		return ""
	}
	return "User #65534\nGroup #65534"
}
