package middleware

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// maxForm is the longest body that is read of a form of ours.
const maxForm = 4 << 10

// plainPath is a path of this site, without query: nobody can be sent elsewhere by it.
var plainPath = regexp.MustCompile(`^(/[A-Za-z0-9._~!$&'()*+,;=:@%-]+)*/?$`)

// clearCache has the browser throw away its saved copies of this host (W3C Clear Site
// Data). Other sites must not be able to ask for it: that would cost visitors time.
func (m *Middleware) clearCache(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Vary", "Origin, Sec-Fetch-Dest, Sec-Fetch-Site")
	if !isSameOrigin(r) {
		http.Error(w, "Only pages of this site can ask for this.", http.StatusForbidden)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		http.Error(w, "This form cannot be read.", http.StatusBadRequest)
		return
	}
	w.Header().Set("Clear-Site-Data", `"cache"`)
	if r.Header.Get("Sec-Fetch-Dest") == "empty" {
		w.WriteHeader(http.StatusNoContent) // a script asked, and goes on by itself
		return
	}
	path := r.PostForm.Get("path")
	if path == "" || !plainPath.MatchString(path) {
		path = "/"
	}
	w.Header().Set("Location", path)
	w.WriteHeader(http.StatusSeeOther)
}

// isSameOrigin reports requests of pages of the same host. Browsers say so themselves; old
// ones at least name the origin.
func isSameOrigin(r *http.Request) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" {
		return site == "same-origin"
	}
	origin, err := url.Parse(r.Header.Get("Origin"))
	return err == nil && origin.Host != "" && strings.EqualFold(origin.Host, r.Host)
}
