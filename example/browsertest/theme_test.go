package browsertest

import "testing"

// A theme is a running program that has it.
type theme struct {
	name    string
	program program
}

// startThemes shows the gallery in each theme.
func startThemes(t *testing.T) []theme {
	t.Helper()
	var themes []theme
	for _, name := range []string{"line", "card", "bulletin"} {
		p, err := startProgram(t.Name()+"-"+name, "-theme", name)
		if err != nil {
			t.Fatal(err)
		}
		themes = append(themes, theme{name, p})
	}
	return themes
}
