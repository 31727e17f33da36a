package i18n

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
)

// parseFile reads the object key by key: json.Unmarshal would keep the last of two equal
// ids and say nothing. It returns nil when data is no object, and all faults.
func parseFile(data []byte) (messages map[string]string, faults []error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	broken := func(err error) (map[string]string, []error) {
		line := 1 + bytes.Count(data[:dec.InputOffset()], []byte("\n"))
		return nil, []error{fmt.Errorf("not a JSON object: line %d: %w", line, err)}
	}
	if start, err := dec.Token(); err != nil {
		return broken(err)
	} else if start != json.Delim('{') {
		return broken(errors.New("begins otherwise"))
	}
	messages = map[string]string{}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return broken(err)
		}
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return broken(err)
		}
		id := key.(string) // where More reports true, the decoder lets nothing else pass
		if err := CheckText(id); err != nil {
			faults = append(faults, fmt.Errorf("%q: %w", id, err)) // the error shall not do it, either
			continue
		}
		_, twice := messages[id]
		text, err := parseEntry(raw)
		if twice {
			err = errors.New("is there twice")
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", id, err))
		}
		messages[id] = text
	}
	if _, err := dec.Token(); err != nil {
		return broken(err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return broken(errors.New("something follows the object"))
	}
	return messages, faults
}

// parseEntry returns the text of a message, none with an error.
func parseEntry(raw json.RawMessage) (text string, err error) {
	entry := map[string]string{}
	if raw[0] == '"' {
		err = json.Unmarshal(raw, &text)
		entry["other"] = text
	} else {
		err = json.Unmarshal(raw, &entry)
	}
	if err != nil {
		return "", fmt.Errorf("want a text, or an object of other, the text, and description: %w", err)
	}
	for _, member := range slices.Sorted(maps.Keys(entry)) {
		if member != "other" && member != "description" {
			return "", fmt.Errorf("%q is not read: a message has one text, \"other\", and no plural forms", member)
		}
	}
	text, ok := entry["other"]
	if !ok {
		return "", errors.New(`"other" is missing: it holds the text`)
	}
	if err := check(text); err != nil {
		return "", err
	}
	return text, nil
}
