using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace AgentMesh.EndToEnd;

/// <summary>Sessions of one user over the real processes, on both stores.</summary>
public sealed class SessionTests
{
    [Theory]
    [InlineData(StoreKind.Embedded)]
    [InlineData(StoreKind.Redis)]
    public async Task Session_HasItsOwnHistory_UntilItIsDeleted(StoreKind kind)
    {
        LongForm.UnlessOn(kind, StoreKind.Embedded);
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var store = await TestStore.CreateAsync(kind);
        await using var mesh = await Mesh.StartAsync(store.Data, store.Redis);
        using var client = new AgentClient(mesh.Ready.Gateway);
        await client.PostAsync("alice", "hello");

        using var made = await client.Http.PostAsJsonAsync("/agent/alice/sessions", new { metadata = new { title = "Trip", price = 0.1234567891m } }, cancellationToken);
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var session = made.Headers.Location!.OriginalString;
        var id = session[(session.LastIndexOf('/') + 1)..];
        for (var number = 0; number < 20; number++)
        {
            using var posted = await client.Http.PostAsJsonAsync("/agent/alice/message", new { content = $"message {number}", sessionId = id }, cancellationToken);
            posted.EnsureSuccessStatusCode();
        }

        Assert.Equal(40, (await ReadAsync($"/agent/alice/history?sessionId={id}")).GetProperty("messages").GetArrayLength());
        Assert.Equal(2, (await client.HistoryAsync("alice")).Count);
        Assert.Equal(42, (await client.InfoAsync("alice")).GetProperty("messageCount").GetInt64());
        using var patched = await client.Http.PatchAsJsonAsync(session, new { metadata = new { title = "Journey" } }, cancellationToken);
        Assert.Equal("""{"title":"Journey","price":0.1234567891}""", (await ReadAsync(session)).GetProperty("metadata").GetRawText());
        Assert.Equal(["default", id], (await ReadAsync("/agent/alice/sessions")).GetProperty("sessions").EnumerateArray().Select(item => item.GetProperty("id").GetString()!));

        using var deleted = await client.Http.DeleteAsync(session, cancellationToken);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        using var gone = await client.Http.GetAsync($"/agent/alice/history?sessionId={id}", cancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        Assert.Equal(2, (await client.InfoAsync("alice")).GetProperty("messageCount").GetInt64());

        Task<JsonElement> ReadAsync(string path) => client.Http.GetFromJsonAsync<JsonElement>(path, cancellationToken);
    }
}
