// Package facts gathers what a transport and its connections tell of a request, while they
// work, for [diagnosis.Of]: how far it came, who broke a body, how long each phase took. It
// also keeps the time limits, which depend on that.
package facts
