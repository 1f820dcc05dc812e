using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AgentMesh.Testing.ModelServer;

namespace AgentMesh.EndToEnd;

/// <summary>A conversation that is longer than what a model reads, over the real processes and a model that answers over HTTP.</summary>
public sealed class SummaryTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(StoreKind.Embedded)]
    [InlineData(StoreKind.Redis)]
    public async Task LongConversation_HasASummary_AfterTheFlush_AndSleeps(StoreKind kind)
    {
        LongForm.UnlessOn(kind, StoreKind.Redis);
        await using var model = await ModelServerProcess.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        await using var store = await TestStore.CreateAsync(kind);
        await using var mesh = await Mesh.StartAsync(
            store.Data,
            store.Redis,
            "ready.json",
            [
                .. MeshOptions.Model(model, "test"), "--set", "AgentMesh__Turns__ContextBytes=8192", "--set", "AgentMesh__Flush__IntervalSeconds=2",
                "--set", "AgentMesh__Actors__IdleTimeoutSeconds=1",
            ]);
        using var client = new AgentClient(mesh.Ready.Gateway);
        for (var n = 0; n < 24; n++)
            await client.PostAsync("alice", $"message {n} {new string('x', 100)}");
        var history = await client.HistoryAsync("alice");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        HttpResponseMessage answer;
        while ((answer = await client.Http.GetAsync("/agent/alice/sessions/default/summary", limit.Token)).StatusCode == HttpStatusCode.NotFound)
        {
            answer.Dispose();
            await Task.Delay(100, limit.Token);
        }

        using (answer)
        {
            var summary = await answer.Content.ReadFromJsonAsync<JsonElement>(limit.Token);
            Assert.Contains("message 0 ", summary.GetProperty("text").GetString(), StringComparison.Ordinal);
            Assert.InRange(summary.GetProperty("throughSeq").GetInt64(), 16, 32);
        }

        Assert.Equal(history, await client.HistoryAsync("alice"));
        while ((await mesh.RemindersAsync()).Contains("flush"))
            await Task.Delay(100, limit.Token);
    }
}
