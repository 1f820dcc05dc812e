using System.Collections.Immutable;
using System.Globalization;

namespace AgentMesh.Agents.CallTasks;

/// <summary>
/// What a call asks its client in the midst of its work. With it any gateway goes on: it makes the call again from the beginning, with what was answered.
/// </summary>
/// <param name="Arguments">Of the call: JSON.</param>
/// <param name="State">What its tool wants to know when it goes on; null: nothing.</param>
/// <param name="Questions">All that were asked so far, in their order.</param>
/// <param name="IsCanceled">Its client has no use for it any more; nothing else of it is kept.</param>
public sealed record CallInput(string Arguments, string? State, ImmutableArray<CallQuestion> Questions, bool IsCanceled)
{
    /// <summary>Everything is answered.</summary>
    internal bool IsAnswered => !IsCanceled && Questions.All(question => question.Response is not null);

    /// <summary>What it takes to keep it, in characters.</summary>
    internal int Length => Arguments.Length + (State?.Length ?? 0) + Questions.Sum(question => question.Length);

    /// <summary>By which the client answers a question: never the same twice in a task (SEP-2663), though a tool asks again by the same name.</summary>
    /// <param name="place">Its place among the questions, from 0.</param>
    public string KeyOf(int place) => string.Create(CultureInfo.InvariantCulture, $"{place + 1}.{Questions[place].Name}");

    /// <summary>With answers. Those to nothing that was asked, or that is answered, are not heard.</summary>
    internal CallInput Answer(IReadOnlyDictionary<string, string> responses)
    {
        var questions = Questions.Select((question, place) => question.Response is null && responses.TryGetValue(KeyOf(place), out var said) ? question with { Response = said } : question);
        return questions.SequenceEqual(Questions) ? this : this with { Questions = [.. questions] };
    }

    /// <summary>With further questions.</summary>
    internal CallInput Ask(IEnumerable<CallQuestion> questions, string? state) => this with { Questions = [.. Questions, .. questions], State = state };

    /// <summary>Without any.</summary>
    internal static CallInput Canceled { get; } = new("{}", null, [], true);
}

/// <summary>A question.</summary>
/// <param name="Name">What the tool calls it.</param>
/// <param name="Request">What the client is asked: JSON, a request of MCP.</param>
/// <param name="Response">What it has answered: JSON; null: nothing yet.</param>
public sealed record CallQuestion(string Name, string Request, string? Response)
{
    internal int Length => Name.Length + Request.Length + (Response?.Length ?? 0);
}
