using System.Text.Encodings.Web;
using System.Text.Json;

namespace AgentMesh.CrashKit.Verdicts;

/// <summary>A scoreboard for programs.</summary>
public static class ScoreboardJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One JSON object: amounts and the seed are decimal texts, because a reader's numbers may be doubles.</summary>
    public static string Write(Scoreboard board)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Options))
        {
            json.WriteStartObject();
            json.WriteString("seed", $"{board.Seed}");
            json.WriteString("replay", board.Replay);
            json.WriteBoolean("clean", board.IsClean);
            json.WriteStartArray("scenarios");
            foreach (var verdict in board.Verdicts)
                Write(json, verdict);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    private static void Write(Utf8JsonWriter json, Verdict verdict)
    {
        json.WriteStartObject();
        json.WriteString("scenario", verdict.Scenario);
        json.WriteNumber("seconds", Math.Round(verdict.Seconds, 1));
        json.WriteNumber("acknowledged", verdict.Traffic.Acknowledged);
        json.WriteNumber("unknown", verdict.Traffic.Unknown);
        Write(json, "refused", verdict.Traffic.Refused);
        Write(json, "accidents", verdict.Accidents);
        json.WriteNumber("checked", verdict.Checked);
        json.WriteNumber("lost", verdict.Count(ViolationKind.Lost));
        json.WriteNumber("doubled", verdict.Count(ViolationKind.Doubled));
        json.WriteNumber("over", verdict.Count(ViolationKind.Over));
        json.WriteString("overMicroUsd", $"{verdict.OverMicroUsd}");
        json.WriteNumber("leaked", verdict.Count(ViolationKind.Leaked));
        json.WriteNumber("wrong", verdict.Count(ViolationKind.Wrong));
        json.WriteStartArray("violations");
        foreach (var violation in verdict.Violations)
        {
            json.WriteStartObject();
            json.WriteString("kind", violation.Kind.ToString().ToLowerInvariant());
            json.WriteString("agent", violation.Agent);
            json.WriteString("what", violation.What);
            json.WriteStartArray("evidence");
            foreach (var line in violation.Evidence)
                json.WriteStringValue(line);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, int> counts)
    {
        json.WriteStartObject(name);
        foreach (var (key, count) in counts.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            json.WriteNumber(key, count);
        json.WriteEndObject();
    }
}
