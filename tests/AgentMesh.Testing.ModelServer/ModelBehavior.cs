using System.Globalization;

namespace AgentMesh.Testing.ModelServer;

/// <summary>How one request is answered. The default: at once, completely, with token counts.</summary>
public sealed record ModelBehavior
{
    /// <summary>Pause before each token.</summary>
    public TimeSpan Pause { get; init; }

    /// <summary>The reply goes on with counted words to this many tokens; 0: no more than it says.</summary>
    public int Tokens { get; init; }

    /// <summary>A status in place of an answer; 0: none.</summary>
    public int Status { get; init; }

    /// <summary>The header, as it stands.</summary>
    public string? RetryAfter { get; init; }

    /// <summary>The error's code (OpenAI) or type (Anthropic) beside <see cref="Status"/>.</summary>
    public string ErrorWord { get; init; } = "server_error";

    /// <summary>Only so many requests to this model name misbehave; 0: all.</summary>
    public int First { get; init; }

    /// <summary>What happens after <see cref="FaultAt"/> tokens.</summary>
    public ModelFault Fault { get; init; }

    /// <summary>Tokens before the fault.</summary>
    public int FaultAt { get; init; }

    /// <summary>No text.</summary>
    public bool IsEmpty { get; init; }

    /// <summary>Asked for after the text, when the request offers tools; without <see cref="IsEmpty"/> there is a text before it.</summary>
    public IReadOnlyList<ModelToolCall> Calls { get; init; } = [];

    /// <summary>In OpenAI's words: <c>stop</c>, <c>length</c>, <c>content_filter</c>.</summary>
    public string Finish { get; init; } = "stop";

    /// <summary>Whether tokens are counted.</summary>
    public bool HasUsage { get; init; } = true;

    /// <summary>Headers never come.</summary>
    public bool IsSilent { get; init; }

    /// <summary>Never finishes.</summary>
    public bool IsEndless { get; init; }

    /// <summary>A page and no stream, with status 200.</summary>
    public bool IsPage { get; init; }

    /// <summary>Each token waits for one release; null: none waits.</summary>
    public SemaphoreSlim? Gate { get; init; }

    /// <summary>Asks for the tool <c>search_history</c> with the user's message, when that is offered and has no result yet.</summary>
    public bool SearchesHistory { get; init; }

    /// <summary>Asks for the tool <c>pay_url</c> with the user's message for its arguments, when that is offered, is an object, and has no result yet.</summary>
    public bool Pays { get; init; }

    /// <summary>
    /// Asks for the tool <c>send_to_agent</c> when the user's message is <c>ring</c> and names, that is offered and has no result yet: the second of them gets
    /// the same message with the names turned by one.
    /// </summary>
    public bool Rings { get; init; }

    /// <summary>Reads the name of a model, as the README says.</summary>
    public static ModelBehavior Parse(string model) => model.Split('-').Aggregate(new ModelBehavior(), (behavior, word) => behavior.With(word));

    private ModelBehavior With(string word)
    {
        var digits = string.Concat(word.Where(char.IsAsciiDigit));
        var number = digits.Length is > 0 and < 7 ? int.Parse(digits, CultureInfo.InvariantCulture) : 0;
        return word.Replace(digits.Length == 0 ? "\0" : digits, "#", StringComparison.Ordinal) switch
        {
            "#ms" => this with { Pause = TimeSpan.FromMilliseconds(number) },
            "#tokens" => this with { Tokens = number },
            "status#" => this with { Status = number },
            "retryafter#" => this with { RetryAfter = digits },
            "first#" => this with { First = number },
            "cut#" => this with { Fault = ModelFault.Cut, FaultAt = number },
            "close#" => this with { Fault = ModelFault.Close, FaultAt = number },
            "malformed#" => this with { Fault = ModelFault.Malformed, FaultAt = number },
            "error#" => this with { Fault = ModelFault.Error, FaultAt = number },
            "hang#" => this with { Fault = ModelFault.Hang, FaultAt = number },
            "search" => this with { SearchesHistory = true },
            "pay" => this with { Pays = true },
            "ring" => this with { Rings = true },
            "empty" => this with { IsEmpty = true },
            "filter" => this with { Finish = "content_filter" },
            "length" => this with { Finish = "length" },
            "nousage" => this with { HasUsage = false },
            "silent" => this with { IsSilent = true },
            "endless" => this with { IsEndless = true },
            "html" => this with { IsPage = true },
            _ => this,
        };
    }
}
