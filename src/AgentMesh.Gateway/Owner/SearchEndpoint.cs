using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.OpenApi;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;

namespace AgentMesh.Gateway.Owner;

/// <summary>
/// <c>GET /agent/{userId}/history/search?q=&amp;limit=&amp;before=&amp;sessionId=</c>: messages that have a text in them, upper and lower case alike,
/// as the history gives them. A page may have fewer messages than asked for, or none, and a <c>nextBefore</c> all the same.
/// </summary>
internal static class SearchEndpoint
{
    private const int MaxLength = 256;

    private static readonly Refusal InvalidSearch = new(AgentRefusals.InvalidSearch, $"q must be one text of 1-{MaxLength} characters.");

    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapGet("/agent/{userId}/history/search", AnswerAsync)
        .Describe("Finds messages of a session that have a text in them, upper and lower case alike.", operation => HistoryEndpoint.Describe(operation)
            .Query("q", "The text.", Schema.Text(1, MaxLength), isRequired: true).Refuses(AgentRefusals.InvalidSearch));

    private static async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Query["q"] is not [{ Length: > 0 and <= MaxLength } text])
        {
            await Problem.WriteAsync(context, InvalidSearch);
            return;
        }

        await HistoryEndpoint.AnswerAsync(context, text);
    }
}
