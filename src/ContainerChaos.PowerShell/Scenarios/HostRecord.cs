using System.Management.Automation;

namespace ContainerChaos.PowerShell;

/// <summary>Something that a host of a game day said: a line, or a record of one of its streams.</summary>
/// <param name="Host">The host, as it was named.</param>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Record">A text, or an error, a warning, a verbose or a progress record.</param>
internal sealed record HostRecord(string Host, int Number, object Record)
{
    /// <summary>An error of the host as this session's: with the host in front and as its target.</summary>
    public ErrorRecord ToError(ErrorRecord error)
    {
        if (error.Exception is HostProblemException)
            return error;
        var message = $"{Host}: {error.ErrorDetails?.Message ?? error.Exception.Message}";
        return new ErrorRecord(new RemoteException(message, error.Exception), error.FullyQualifiedErrorId.Split(',')[0], error.CategoryInfo.Category, Host)
        {
            ErrorDetails = new ErrorDetails(message) { RecommendedAction = error.ErrorDetails?.RecommendedAction ?? "" },
        };
    }

    /// <summary>How far the host is, on a line of its own.</summary>
    public ProgressRecord ToProgress(ProgressRecord progress) => new(Number, $"{Host}: {progress.Activity}", progress.StatusDescription)
    {
        PercentComplete = progress.PercentComplete,
        RecordType = progress.RecordType,
    };
}
