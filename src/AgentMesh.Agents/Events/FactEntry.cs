using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AgentMesh.Agents.Events;

/// <summary>Something that happened and is no message: all of it stands in the log.</summary>
/// <param name="Session">The session.</param>
/// <param name="At">When, to the millisecond.</param>
/// <param name="Type">One of <see cref="FactTypes"/>.</param>
/// <param name="Data">What happened, in ids and figures and never the text of a message, because everybody may subscribe to it: a JSON object, at most <see cref="EventLimits.FactBytes"/>, with no member <c>agent</c>, <c>session</c> or <c>seq</c>.</param>
public sealed record FactEntry(string Session, DateTimeOffset At, string Type, string Data) : EventEntry(Session)
{
    // As all answers: JSON that is never HTML.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A fact of members, of which those that are null are left out.</summary>
    /// <param name="session">The session.</param>
    /// <param name="at">When.</param>
    /// <param name="type">One of <see cref="FactTypes"/>.</param>
    /// <param name="members">Texts and whole numbers.</param>
    internal static FactEntry Of(string session, DateTimeOffset at, string type, params ReadOnlySpan<(string Name, object? Value)> members)
    {
        var buffer = new ArrayBufferWriter<byte>(128);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            foreach (var (name, value) in members)
            {
                if (value is string text)
                    json.WriteString(name, text);
                else if (value is int number)
                    json.WriteNumber(name, number);
                else if (value is not null)
                    throw new ArgumentException($"No form for a {value.GetType().Name}.", nameof(members));
            }

            json.WriteEndObject();
        }

        return buffer.WrittenCount <= EventLimits.FactBytes
            ? new FactEntry(session, at, type, Encoding.UTF8.GetString(buffer.WrittenSpan))
            : throw new ArgumentException("The fact is too long.", nameof(members));
    }
}

/// <summary>Types of facts; those of <c>AgentMesh.Contracts.Agents.EventTypes</c>, a test holds them together.</summary>
public static class FactTypes
{
    /// <summary>A tool is called, or its call is over.</summary>
    public const string Tool = "tool";

    /// <summary>A schedule was made, has run, or has ended.</summary>
    public const string Schedule = "schedule";

    /// <summary>The spending policy was set, or the configured one is in force again.</summary>
    public const string Policy = "policy";

    /// <summary>A payment waits for an approval, or something has become of one.</summary>
    public const string Approval = "approval";

    /// <summary>A turn waits until there is budget.</summary>
    public const string TurnPaused = "turn_paused";

    /// <summary>There is budget, and a paused turn is run again.</summary>
    public const string TurnResumed = "turn_resumed";

    /// <summary>A limit's threshold is reached.</summary>
    public const string Budget = "budget";

    /// <summary>What became of funds that were set aside for a payment.</summary>
    public const string Payment = "payment";

    /// <summary>Something has become of a message of or to another agent.</summary>
    public const string Mail = "mail";

    /// <summary>An operator has stopped the agent's spending.</summary>
    public const string Frozen = "frozen";

    /// <summary>The agent spends again.</summary>
    public const string Unfrozen = "unfrozen";
}
