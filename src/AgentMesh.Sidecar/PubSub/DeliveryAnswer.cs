using System.Text.Json;
using AgentMesh.Sidecar.Resiliency;

namespace AgentMesh.Sidecar.PubSub;

/// <summary>What an app's answer to an event means (dapr: pkg/runtime/subscription/postman/http).</summary>
internal static class DeliveryAnswer
{
    /// <summary>To one event: the status counts first, then the <c>status</c> of a JSON body. An empty body, or one that cannot be read, is a success.</summary>
    public static Attempt Judge(int statusCode, byte[] body) => statusCode switch
    {
        StatusCodes.Status404NotFound => new Attempt(AttemptOutcome.Dropped, statusCode),
        < 200 or > 299 => new Attempt(AttemptOutcome.Failed, statusCode),
        _ => new Attempt(JsonText.TryParse(body) is { ValueKind: JsonValueKind.Object } answer ? Outcome(answer) : AttemptOutcome.Success),
    };

    /// <summary>To a batch: takes what is answered for out of the entries. Those not mentioned are to be tried again; another status is for all.</summary>
    public static Attempt JudgeBatch(int status, byte[] body, Dictionary<string, IncomingEvent> entries, List<IncomingEvent> dropped)
    {
        if (status is < 200 or > 299)
            return Judge(status, body);
        if (ReadStatuses(body) is not { } statuses)
            return new Attempt(AttemptOutcome.Failed);
        foreach (var (id, outcome) in statuses)
        {
            if (outcome == AttemptOutcome.Failed || !entries.Remove(id, out var answered))
                continue;
            if (outcome == AttemptOutcome.Dropped)
                dropped.Add(answered);
        }

        return new Attempt(entries.Count == 0 ? AttemptOutcome.Success : AttemptOutcome.Failed);
    }

    // Entry ids and outcomes; null when the body is no such document.
    private static IEnumerable<(string EntryId, AttemptOutcome Outcome)>? ReadStatuses(byte[] body) =>
        JsonText.TryParse(body) is { ValueKind: JsonValueKind.Object } answer
        && JsonText.Member(answer, "statuses") is { ValueKind: JsonValueKind.Array } statuses
            ? statuses.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object).Select(item => (JsonText.Text(item, "entryId"), Outcome(item)))
            : null;

    private static AttemptOutcome Outcome(JsonElement answer) => JsonText.Text(answer, "status") switch
    {
        "SUCCESS" or "" => AttemptOutcome.Success,
        "DROP" => AttemptOutcome.Dropped,
        _ => AttemptOutcome.Failed, // RETRY, and what nobody knows
    };
}
