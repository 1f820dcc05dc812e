using System.Net.Http.Json;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;

namespace AgentMesh.ActorHost.Tests;

/// <summary>What calls ask in the midst of their work, in the agent's own records.</summary>
public sealed class AgentTaskInputTests
{
    private const string Alice = "default:alice";
    private const string Id = "00112233445566778899aabbccddeeff";

    private static readonly TaskQuestions Asked = new([new TaskQuestion("sure", """{"method":"elicitation/create"}""")], "s");

    [Fact]
    public async Task Question_IsAnswered_AndTheCallGoesOnAsItsTurn()
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.PostAsync(Alice, "hello", "r1");
        var made = await CreateAsync(host);
        Assert.Equal(("""{"a":1}""", "s", false), (made.Input!.Arguments, made.Input.Asked.State, made.Input.IsCanceled));
        Assert.Equal([Asked.Questions[0] with { Key = "1.sure" }], made.Input.Asked.Questions);
        await host.DeactivateAsync(Alice);
        var answered = await UpdateAsync(host, new UpdateTask(Id, true, new Dictionary<string, string> { ["1.sure"] = "{}" }));
        Assert.Equal("{}", answered.Value!.Input!.Asked.Questions[0].Response);
        var again = await UpdateAsync(host, new UpdateTask(Id, true, Asked: new TaskQuestions([new TaskQuestion("more", "{}")], null), After: 1));
        Assert.Equal("2.more", again.Value!.Input!.Asked.Questions[1].Key);
        Assert.NotNull((await host.CreateTaskAsync(Alice, Id, "1")).Value!.Input);
        await UpdateAsync(host, new UpdateTask(Id, true, new Dictionary<string, string> { ["2.more"] = "{}" }));
        var turn = (await host.CreateTaskAsync(Alice, Id, "1")).Value!;
        Assert.Equal((TurnStatus.Completed, null, made.CreatedAt), (turn.Turn!.Status, turn.Input, turn.CreatedAt));
    }

    [Fact]
    public async Task Others_NeitherReadNorAnswerNorEndIt()
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.PostAsync(Alice, "hello", "r1");
        await CreateAsync(host);
        var stored = host.State[Alice, "tasks"];
        Assert.Equal("task_not_found", (await host.GetTaskAsync(Alice, Id, isOwner: false)).Refusal!.Code);
        Assert.Equal("task_not_found", (await UpdateAsync(host, new UpdateTask(Id, false, IsCanceled: true))).Refusal!.Code);
        Assert.Equal("task_not_found", (await UpdateAsync(host, new UpdateTask(Id, false, new Dictionary<string, string> { ["1.sure"] = "{}" }))).Refusal!.Code);
        Assert.Equal(stored, host.State[Alice, "tasks"]);
    }

    [Fact]
    public async Task CanceledQuestion_IsForgotten()
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.PostAsync(Alice, "hello", "r1");
        await CreateAsync(host);
        var canceled = (await UpdateAsync(host, new UpdateTask(Id, true, IsCanceled: true))).Value!.Input!;
        Assert.True(canceled.IsCanceled);
        Assert.Empty(canceled.Asked.Questions);
    }

    private static async Task<AgentTask> CreateAsync(HostUnderTest host) => (await host.CallAsync(
        Alice, nameof(IAgentTasks.CreateTask), JsonContent.Create(new CreateTask(Id, "tool", Arguments: """{"a":1}""", Asked: Asked), ContractsJson.Default.CreateTask),
        ContractsJson.Default.ReplyAgentTask)).Value!;

    private static Task<Reply<AgentTask>> UpdateAsync(HostUnderTest host, UpdateTask change) => host.CallAsync(
        Alice, nameof(IAgentTasks.UpdateTask), JsonContent.Create(change, ContractsJson.Default.UpdateTask), ContractsJson.Default.ReplyAgentTask);
}
