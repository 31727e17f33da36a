package pages

import (
	_ "embed"
	"strconv"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// script is the page's script: generated from script.js.
//
//go:embed script.min.js
var script string

var scriptHash = cspHash(script)

// firstWait is after how many seconds a page looks for the first time, more or less. Programs
// are told the same, where nobody knows better.
var firstWait = strconv.Itoa(int(diagnosis.FirstWait / time.Second))

// looks are the names of what the script can find out.
func (p page) looks() []string {
	names := []string{"wait", "offline", "back", "down", "unclear"}
	if p.canaries.list() != "" {
		names = append(names, "front", "network")
	}
	if p.story.retry {
		names = append(names, "stopped")
	}
	return names
}

// found returns the id of a sentence. A page that has blamed our front door
// does not say that the front door works.
func (p page) found(name string) string {
	switch {
	case name == "stopped":
		return "poll.stopped"
	case name == "down" && p.story.gap == gapDoor:
		name = "still"
	}
	return "look." + name
}

// scripted reports a page with a script: that of a failure that happens just now.
func (v View) scripted() bool { return !v.Frame && !v.Explained && !v.StatusOnly }

// looksForItself reports a page that can ask whether trying again helps.
func (v View) looksForItself() bool { return v.scripted() && v.Status != "" && !v.theirs() }
