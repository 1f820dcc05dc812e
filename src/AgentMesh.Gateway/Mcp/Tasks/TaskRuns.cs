using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Mcp.Questions;
using AgentMesh.Gateway.Mcp.Tools;
using AgentMesh.Primitives;
using ModelContextProtocol.Protocol;

namespace AgentMesh.Gateway.Mcp.Tasks;

/// <summary>
/// Goes on with calls that asked in the midst of their work, once everything is answered: the tool is called again from the beginning, by whichever gateway
/// its client asks. Nothing is kept of that but what the tool asks further, and the turn that it begins.
/// </summary>
internal sealed class TaskRuns(McpToolbox toolbox, McpTools tools, AgentCalls calls)
{
    /// <summary>Goes on.</summary>
    /// <param name="agent">Whose.</param>
    /// <param name="task">The task.</param>
    /// <param name="input">What it was answered.</param>
    /// <param name="capabilities">What its client can be asked.</param>
    /// <param name="cancellationToken">Ends with the caller.</param>
    /// <returns>The answer; or else null, and the task as it is now.</returns>
    /// <exception cref="ModelContextProtocol.McpProtocolException">The call would have been answered with this error.</exception>
    public async Task<(AgentTask Task, Result<McpAnswer>? Answer)> GoOnAsync(
        AgentKey agent, AgentTask task, TaskInput input, ClientCapabilities? capabilities, CancellationToken cancellationToken)
    {
        var tool = toolbox.Find(agent, task.Tool) ?? throw McpProblem.NoTool(task.Tool);
        var offer = new TaskOffer(calls, agent, task.Tool, task.TaskId);
        var call = new McpCall(agent, TaskInputs.ArgumentsOf(input), task.TaskId, TaskInputs.AnswersOf(input, capabilities), new McpProgress(null, null), offer);
        var answer = await tools.RunAsync(tool, call, cancellationToken);
        if (offer.Taken is { } taken)
            return (taken, null);
        if (!answer.IsRefused || answer.Refusal is not McpQuestion question)
            return (task, answer);
        if (McpQuestions.WhyNot(question, capabilities) is { } told)
            return (task, told);
        var further = new UpdateTask(task.TaskId, IsOwner: true, Asked: TaskInputs.Write(question), After: input.Asked.Questions.Count);
        var asked = await calls.UpdateTaskAsync(agent, further, cancellationToken);
        if (asked.IsRefused)
            return (task, asked.Refusal);
        return (asked.Value, null);
    }
}
