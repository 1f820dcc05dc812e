using System.Globalization;
using System.Text;
using System.Xml;

namespace AgentMesh.CrashKit.Verdicts;

/// <summary>A scoreboard as JUnit's XML, which servers for continuous integration show: a scenario is a test.</summary>
public static class JUnit
{
    /// <summary>The document.</summary>
    public static string Write(Scoreboard board)
    {
        using var bytes = new MemoryStream();
        using (var xml = XmlWriter.Create(bytes, new XmlWriterSettings { Indent = true, NewLineChars = "\n", Encoding = new UTF8Encoding(false), CheckCharacters = false }))
        {
            xml.WriteStartElement("testsuite");
            xml.WriteAttributeString("name", "agentmesh.crash-test");
            xml.WriteAttributeString("tests", Number(board.Verdicts.Count));
            xml.WriteAttributeString("failures", Number(board.Verdicts.Count(verdict => !verdict.IsClean)));
            xml.WriteAttributeString("errors", "0");
            xml.WriteAttributeString("skipped", "0");
            xml.WriteAttributeString("time", Seconds(board.Verdicts.Sum(verdict => verdict.Seconds)));
            xml.WriteStartElement("properties");
            Property(xml, "seed", $"{board.Seed}");
            Property(xml, "replay", board.Replay);
            xml.WriteEndElement();
            foreach (var verdict in board.Verdicts)
                Write(xml, verdict);
            xml.WriteEndElement();
        }

        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    private static void Write(XmlWriter xml, Verdict verdict)
    {
        xml.WriteStartElement("testcase");
        xml.WriteAttributeString("classname", "agentmesh.crash-test");
        xml.WriteAttributeString("name", verdict.Scenario);
        xml.WriteAttributeString("time", Seconds(verdict.Seconds));
        if (!verdict.IsClean)
        {
            xml.WriteStartElement("failure");
            xml.WriteAttributeString("message", Plain(verdict.Violations[0].What));
            xml.WriteAttributeString("type", verdict.Violations[0].Kind.ToString().ToLowerInvariant());
            xml.WriteString(Plain(string.Join('\n', verdict.Violations.SelectMany(violation => violation.Evidence.Prepend($"{violation.Kind} {violation.Agent}: {violation.What}")))));
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static void Property(XmlWriter xml, string name, string value)
    {
        xml.WriteStartElement("property");
        xml.WriteAttributeString("name", name);
        xml.WriteAttributeString("value", value);
        xml.WriteEndElement();
    }

    // XML 1.0 has no place for most control characters, not even as references.
    private static string Plain(string text) => string.Concat(text.Select(c => XmlConvert.IsXmlChar(c) || char.IsSurrogate(c) ? c : '?'));

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Seconds(double seconds) => seconds.ToString("0.000", CultureInfo.InvariantCulture);
}
