using System.Text.Json;
using AgentMesh.Sidecar.Resiliency;

namespace AgentMesh.Sidecar.PubSub;

/// <summary>What an app's answer to an event means (dapr: pkg/runtime/subscription/postman/http).</summary>
internal static class DeliveryAnswer
{
    /// <summary>To one event: the status counts first, then the <c>status</c> of a JSON body. An empty body, or one that cannot be read, is a success.</summary>
    public static Attempt Judge(int statusCode, byte[] body)
    {
        if (statusCode == StatusCodes.Status404NotFound)
            return new Attempt(AttemptOutcome.Dropped, statusCode);
        if (statusCode is < 200 or > 299)
            return new Attempt(AttemptOutcome.Failed, statusCode);
        var status = body.Length > 0 && JsonText.TryParse(body) is { ValueKind: JsonValueKind.Object } answer && JsonText.Member(answer, "status") is { } value
            ? value.ValueKind == JsonValueKind.String ? value.GetString()! : ""
            : "";
        return new Attempt(Outcome(status));
    }

    /// <summary>To a batch: entry id to outcome; null when the body is no such document. Entries not mentioned are to be tried again.</summary>
    public static IReadOnlyDictionary<string, AttemptOutcome>? ReadStatuses(byte[] body)
    {
        if (JsonText.TryParse(body) is not { ValueKind: JsonValueKind.Object } answer
            || JsonText.Member(answer, "statuses") is not { ValueKind: JsonValueKind.Array } statuses)
        {
            return null;
        }

        var outcomes = new Dictionary<string, AttemptOutcome>(StringComparer.Ordinal);
        foreach (var item in statuses.EnumerateArray())
        {
            if (item.ValueKind == JsonValueKind.Object && JsonText.Member(item, "entryId") is { ValueKind: JsonValueKind.String } id)
                outcomes[id.GetString()!] = Outcome(JsonText.Member(item, "status") is { ValueKind: JsonValueKind.String } status ? status.GetString()! : "");
        }

        return outcomes;
    }

    private static AttemptOutcome Outcome(string status) => status switch
    {
        "SUCCESS" or "" => AttemptOutcome.Success,
        "DROP" => AttemptOutcome.Dropped,
        _ => AttemptOutcome.Failed, // RETRY, and what nobody knows
    };
}
