package evidence_test

import "testing"

// takesLong marks a test that takes longer than a second: -short leaves it out.
func takesLong(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("long")
	}
}
