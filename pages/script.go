package pages

import _ "embed"

// script is the page's script: generated from script.js.
//
//go:embed script.min.js
var script string

var scriptHash = cspHash(script)

// looks are the names of what the script can find out.
func (p page) looks() []string {
	names := []string{"wait", "offline", "back", "down", "unclear"}
	if p.Canaries.urls != "" {
		names = append(names, "front", "network")
	}
	return names
}

// found returns the id of a sentence. Who has said that our front door has the problem
// does not praise it.
func (p page) found(name string) string {
	if name == "down" && p.story.gap == gapDoor {
		name = "still"
	}
	return "look." + name
}

// scripted reports a page with a script: one that can ask whether trying again helps.
func (v View) scripted() bool {
	return v.Status != "" && !v.Frame && !v.Explained && !v.theirs()
}
