package source

// tag is the resolved YAML tag of a scalar.
type tag uint8

const (
	tagNone  tag = iota // of maps and lists
	tagOther            // in the notes
	tagStr
	tagInt
	tagFloat
	tagBool
	tagNull
	tagTime
	tagBinary
)

// tagTexts are the tags as YAML writes them.
var tagTexts = [...]string{
	tagStr: "!!str", tagInt: "!!int", tagFloat: "!!float", tagBool: "!!bool", tagNull: "!!null", tagTime: "!!timestamp", tagBinary: "!!binary",
}

// setTag gives a scalar the tag that a text names.
func (n *Node) setTag(text string) {
	for t, known := range tagTexts {
		if known == text {
			n.tag = tag(t)
			return
		}
	}
	n.tag, n.note().tag = tagOther, text
}

// tagText is the tag of a scalar as YAML writes it.
func (n *Node) tagText() string {
	if n.tag == tagOther {
		return n.notes.tag
	}
	return tagTexts[n.tag]
}
