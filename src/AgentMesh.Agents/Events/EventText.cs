using System.Text;

namespace AgentMesh.Agents.Events;

/// <summary>Text inside of events.</summary>
internal static class EventText
{
    /// <summary>At most <see cref="EventLimits.DetailBytes"/> of UTF-8, cut between characters.</summary>
    internal static string Limit(string text)
    {
        if (Encoding.UTF8.GetByteCount(text) <= EventLimits.DetailBytes)
            return text;
        var kept = new StringBuilder();
        var bytes = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > EventLimits.DetailBytes)
                break;
            kept.Append(rune.ToString());
        }

        return kept.ToString();
    }
}
